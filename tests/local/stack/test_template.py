from pathlib import Path

import pytest

from local.stack.template import TemplateInvalid, prepare, read_template


def written(folder: Path, text: str) -> Path:
    path = folder / "template.yaml"
    path.write_text(text)
    return path


def test_short_tags_read_as_their_long_form(tmp_path: Path) -> None:
    template = read_template(
        written(
            tmp_path,
            "Resources: {A: {P: [!Ref B, !GetAtt B.Arn.X, !Sub '${B}-x', !Equals [!Ref C, d], !If [Live, 1, 2]]}}",
        )
    )

    assert template["Resources"]["A"]["P"] == [
        {"Ref": "B"},
        {"Fn::GetAtt": ["B", "Arn.X"]},
        {"Fn::Sub": "${B}-x"},
        {"Fn::Equals": [{"Ref": "C"}, "d"]},
        {"Fn::If": ["Live", 1, 2]},
    ]


def test_a_policy_version_stays_text_instead_of_becoming_a_date(tmp_path: Path) -> None:
    template = read_template(written(tmp_path, "Resources: {A: {Type: T, Version: 2012-10-17}}"))

    assert template["Resources"]["A"]["Version"] == "2012-10-17"


@pytest.mark.parametrize("text", ["Resources: [", "just text", "Resources: {}"])
def test_a_file_that_is_no_template_is_named(tmp_path: Path, text: str) -> None:
    with pytest.raises(TemplateInvalid, match=r"template\.yaml"):
        read_template(written(tmp_path, text))


def test_a_container_image_runs_as_a_zip_function_with_what_every_function_has() -> None:
    template = prepare(
        {
            "Resources": {
                "Api": {
                    "Type": "AWS::Serverless::Function",
                    "Properties": {"CodeUri": "./functions/api/"},
                },
                "Render": {
                    "Type": "AWS::Serverless::Function",
                    "IgnoreGlobals": ["Runtime", "Handler", "Layers"],
                    "Metadata": {"LocalCodeUri": "functions/render", "Dockerfile": "Dockerfile"},
                    "Properties": {"PackageType": "Image", "Architectures": ["arm64"], "Timeout": 900},
                },
            }
        }
    )

    assert template["Resources"]["Render"] == {
        "Type": "AWS::Serverless::Function",
        "Properties": {
            "CodeUri": "s3://local-artifacts/functions/render",
            "Handler": "app.handler",
            "Runtime": "python3.13",
            "Timeout": 900,
        },
    }
    assert template["Resources"]["Api"]["Properties"]["CodeUri"] == "s3://local-artifacts/functions/api"
