"""Programs whose behaviour is recorded from TensorFlow 1.15 and required of Stillflow.

Everything here runs on both, so it uses only the public `tf` API that it is handed, and syntax
that Python 3.7 knows. `tools/record_oracle.py` writes what TensorFlow does to
`tests/golden/oracle/`; the `tests/test_oracle_*.py` require the same of Stillflow.
"""
