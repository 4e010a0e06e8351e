"""Folders of versions: taken up as they come, let go as they vanish."""

import asyncio
import shutil

import asking
import pytest
from asking import ask

from stillflow.graph.errors import NotFoundError
from stillflow.serving.starting import Server, Settings
from stillflow.serving.versions import State, Versions, versions_in


class Loaded:
    """Stands for a model. Its folder's file says `broken` where it cannot be loaded."""

    closed: list  # of all

    def __init__(self, folder):
        self.folder = folder
        with open(f"{folder}/saved_model.pb") as file:
            self.text = file.read()
        if self.text == "broken":
            raise ValueError("It is broken.")

    async def close(self):
        self.closed.append(self.text)


@pytest.fixture(autouse=True)
def closed(monkeypatch):
    found = []
    monkeypatch.setattr(Loaded, "closed", found, raising=False)
    return found


def put(folder, number, text="a model"):
    path = folder / str(number)
    path.mkdir(exist_ok=True)
    (path / "saved_model.pb").write_text(text)
    return path


def looked(folder, *steps, **options):
    """Looks at a folder, then does each step and looks again; what was available each time."""

    async def all_looks():
        model = Versions("model", str(folder), Loaded, **options)
        seen = []
        for step in (lambda: None, *steps):
            step()
            await model.look()
            await asyncio.sleep(0)
            seen.append([v.number for v in model.all() if v.state is State.AVAILABLE])
        await model.close()
        return model, seen

    return asyncio.run(all_looks())


def nothing():
    pass


def test_what_is_there_at_first_is_taken_at_once(tmp_path):
    for name in (1, 12, "00000123", "tmp-7", "x"):
        put(tmp_path, name)
    (tmp_path / "9").mkdir()
    assert looked(tmp_path)[1] == [[123, 12, 1]]


def test_a_new_version_is_taken_once_it_no_longer_changes(tmp_path):
    """What is half written at one look is taken at the look after it has come to rest."""
    put(tmp_path, 1)
    steps = [
        lambda: (tmp_path / "2").mkdir(),
        lambda: put(tmp_path, 2, "half"),
        lambda: put(tmp_path, 2, "whole"),
        nothing,
    ]
    assert looked(tmp_path, *steps)[1] == [[1], [1], [1], [1], [2, 1]]


def test_a_version_that_vanishes_goes(tmp_path, closed):
    put(tmp_path, 1)
    put(tmp_path, 2, "second")
    model, seen = looked(tmp_path, lambda: shutil.rmtree(tmp_path / "2"))
    assert seen == [[2, 1], [1]]
    assert closed == ["second", "a model"]
    with pytest.raises(NotFoundError, match="Specific\\(model, 2\\)"):
        model.find(2)


def test_a_broken_version_is_told_and_tried_again_when_it_changes(tmp_path, caplog):
    put(tmp_path, 1)
    put(tmp_path, 2, "broken")
    steps = [nothing, nothing, lambda: put(tmp_path, 2, "mended"), nothing]
    assert looked(tmp_path, *steps)[1] == [[1], [1], [1], [1], [2, 1]]
    assert caplog.text.count("Version 2 of model model is not taken up: It is broken.") == 1


def test_only_the_newest_is_kept_where_that_is_asked_for(tmp_path, closed):
    """It is there before the older one goes; one that is broken leaves it alone."""
    put(tmp_path, 1, "first")
    steps = [lambda: put(tmp_path, 2, "second"), nothing, lambda: put(tmp_path, 3, "broken")]
    _, seen = looked(tmp_path, *steps, nothing, nothing, only_newest=True)
    assert seen == [[1], [1], [2], [2], [2], [2]]
    assert closed == ["first", "second"]


def test_versions_may_be_named(tmp_path):
    for number in (1, 2, 3):
        put(tmp_path, number)
    assert looked(tmp_path, wanted=[1, 3, 7])[1] == [[3, 1]]


def test_a_folder_that_cannot_be_read_takes_nothing_away(tmp_path, monkeypatch):
    """A disk may be gone for a moment."""
    put(tmp_path, 1)

    async def looks():
        model = Versions("model", str(tmp_path), Loaded)
        await model.look()
        with monkeypatch.context() as patch:
            patch.setattr("os.listdir", lambda path: (_ for _ in ()).throw(PermissionError()))
            with pytest.raises(PermissionError):
                await model.look()
        assert model.find().number == 1
        await model.close()

    asyncio.run(looks())


def test_a_folder_that_is_not_there_yet_may_come(tmp_path):
    folder = tmp_path / "later"
    steps = [lambda: folder.mkdir(), lambda: put(folder, 4), nothing]
    assert looked(folder, *steps)[1] == [[], [], [], [4]]


def test_a_model_itself_is_a_version():
    half = asking.GOLDEN / "half"
    assert versions_in(str(half / "2")) == {2: str(half / "2")}
    saved = asking.GOLDEN.parent / "leaving" / "recurrent" / "saved_model"
    assert versions_in(str(saved)) == {1: str(saved)}


# With real models ---------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path):
    """A folder with a version of a model."""
    shutil.copytree(asking.GOLDEN / "half" / "1", tmp_path / "half" / "1")
    return tmp_path / "half"


def served(folder, **settings):
    server = Server({"half": str(folder)}, settings=Settings(**settings))
    server.take_up()
    return server


def test_requests_go_to_the_newest_version_that_works(folder):
    """A file that is cut off is told in the model's state, and the version before it answers."""
    shutil.copytree(asking.GOLDEN / "half" / "2", folder / "2")
    graph = folder / "2" / "saved_model.pb"
    graph.write_bytes(graph.read_bytes()[:-700])
    server = served(folder)
    assert ask(server, "half:predict", {"instances": [2]}).json() == {"predictions": [3.0]}
    newest, older = ask(server, "half").json()["model_version_status"]
    assert (newest["state"], older["state"]) == ("END", "AVAILABLE")
    assert newest["status"]["error_code"] == "UNKNOWN"
    assert newest["status"]["error_message"]
    shutil.copy(asking.GOLDEN / "half" / "2" / "saved_model.pb", graph)
    asyncio.run(server.models.look())
    asyncio.run(server.models.look())
    assert ask(server, "half:predict", {"instances": [2]}).json() == {"predictions": [4.0]}


def test_damaged_variables_are_told(folder):
    data = folder / "1" / "variables" / "variables.data-00000-of-00001"
    data.write_bytes(b"\0" * len(data.read_bytes()))
    server = served(folder)
    (status,) = ask(server, "half").json()["model_version_status"]
    assert "checksum" in status["status"]["error_message"].lower()
    assert ask(server, "half:predict", {"instances": [2]}).status_code == 404


def test_a_model_that_is_named_itself_must_work(folder):
    (folder / "1" / "saved_model.pb").write_bytes(b"not a graph")
    with pytest.raises(ValueError, match="1 is not served: Cannot parse file"):
        served(folder / "1")


def test_what_is_not_there_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match="There is no such folder or file"):
        Server({"half": str(tmp_path / "none")})
    file = tmp_path / "file.txt"
    file.touch()
    with pytest.raises(ValueError, match=r"neither a folder nor a \.meta or \.pb file"):
        Server({"half": str(file)})
