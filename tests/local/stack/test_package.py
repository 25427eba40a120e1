import io
import os
import zipfile
from pathlib import Path
from typing import Any

import pytest

from local.stack.package import package, zip_folder


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name, content in {
        "functions/web/app.py": "handler = print",
        "functions/web/__pycache__/app.pyc": "stale",
        "layers/common/herald/__init__.py": "",
        "layers/common/requirements.txt": "boto3",
        "statemachines/work.asl.json": "{}",
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return tmp_path


def template() -> dict[str, Any]:
    def resource(kind: str, name: str, bucket: str, key: str, path: str) -> dict[str, Any]:
        return {"Type": kind, "Properties": {name: {bucket: "local-artifacts", key: path}}}

    return {
        "Resources": {
            "Web": resource("AWS::Lambda::Function", "Code", "S3Bucket", "S3Key", "functions/web"),
            "Layer": resource("AWS::Lambda::LayerVersion", "Content", "S3Bucket", "S3Key", "layers/common"),
            "Work": resource(
                "AWS::StepFunctions::StateMachine",
                "DefinitionS3Location",
                "Bucket",
                "Key",
                "statemachines/work.asl.json",
            ),
            "Queue": {"Type": "AWS::SQS::Queue"},
        }
    }


def files(content: bytes) -> list[str]:
    return zipfile.ZipFile(io.BytesIO(content)).namelist()


def test_code_is_named_by_its_content_and_caches_stay_out(project: Path) -> None:
    packaged = template()

    function, layer, machine = package(packaged, project)

    assert files(function.content) == ["app.py"]
    assert files(layer.content) == ["python/herald/__init__.py"]
    assert machine.content == b"{}"
    assert packaged["Resources"]["Web"]["Properties"]["Code"]["S3Key"] == function.key
    assert packaged["Resources"]["Work"]["Properties"]["DefinitionS3Location"]["Key"] == machine.key


def test_equal_files_give_equal_bytes_whenever_they_were_written(project: Path) -> None:
    before = zip_folder(project / "functions/web")
    os.utime(project / "functions/web/app.py", (0, 0))

    assert zip_folder(project / "functions/web") == before


def test_an_edit_changes_the_name_of_that_function_alone(project: Path) -> None:
    before = [artifact.key for artifact in package(template(), project)]
    (project / "functions/web/app.py").write_text("handler = repr")
    after = [artifact.key for artifact in package(template(), project)]

    assert before[0] != after[0]
    assert before[1:] == after[1:]


def test_a_folder_the_template_names_in_vain_is_said(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="functions/web"):
        package(template(), tmp_path)
