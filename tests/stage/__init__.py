"""A stage for conversations: real faces and core, people with clients, no network, no event loop, no sleeping.

People say things in XML and expect things in XML; the stage fills in `from` and `to`. In what is expected, `*`
stands for any text, `…` for any further children, and `{name}` for a value that is bound when it is first seen.
"""

from tests.stage.people import Client, Person
from tests.stage.scene import Scene
from tests.stage.service import Service

__all__ = ["Client", "Person", "Scene", "Service"]
