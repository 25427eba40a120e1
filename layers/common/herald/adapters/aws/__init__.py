"""Amazon Web Services beside DynamoDB."""
