"""What other people's programs do on Stillflow, as the tables of docs/programs.md.

`python -m tools.survey` makes them: tutorials, whole repositories, libraries, and TensorFlow's own
tests by area. `python -m tools.survey.names FOLDER` lists which names a package's source lacks.
"""
