"""The documentation site: what MkDocs is given besides the pages of docs/."""
