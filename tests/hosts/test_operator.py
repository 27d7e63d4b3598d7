"""What the admin of a server does with the service, and what happens when something is set up wrongly."""

from pathlib import Path

from .processes import free_ports, until
from .prosody import COMPONENT, Prosody
from .received import PARTICIPANTS, retraction_of
from .service import Service
from .stage import Stage


async def test_whois_says_who_is_behind_an_id_a_nick_or_an_address(stage: Stage) -> None:
    channel = await stage.channel(stage.hag66)
    joined = await stage.hecate.phone.join(channel, "second witch")
    entry = await stage.crone1.laptop.enter(channel, "third witch")
    assert entry.own.occupant_id
    people = (
        (joined.id, "second witch", stage.hecate.jid, "participant"),
        (entry.own.occupant_id, "third witch", stage.crone1.jid, "visitor"),
    )
    for identifier, nick, jid, state in people:
        for asked in (identifier, nick, jid):
            code, [found], said = await stage.service.whois(channel, asked)
            assert code == 0, said
            assert (found["id"], found["nick"], found["jid"]) == (identifier, nick, jid)
            assert (found["state"], found["left"]) == (state, None)

    await stage.hag66.phone.join(channel, "first witch")
    await stage.hecate.phone.leave(channel)
    await stage.hag66.phone.sees(retraction_of(PARTICIPANTS, joined.id))
    for asked in (joined.id, "second witch", stage.hecate.jid):
        code, [found], said = await stage.service.whois(channel, asked)
        assert code == 0, said
        assert (found["id"], found["jid"], found["state"]) == (joined.id, stage.hecate.jid, "gone")
        assert found["left"]


async def test_whois_knows_nobody(stage: Stage) -> None:
    channel = await stage.channel(stage.hag66)
    code, found, said = await stage.service.whois(channel, "macbeth@localhost")
    assert (code, found) == (1, [])
    assert "macbeth" in said
    code, found, said = await stage.service.whois("nowhere@mix.localhost", stage.hecate.jid)
    assert (code, found) == (1, [])
    assert "nowhere" in said
    assert "Traceback" not in said


async def test_check_is_fine_before_the_first_start_and_leaves_a_running_service_alone(
    prosody: Prosody, tmp_path: Path
) -> None:
    service = Service(tmp_path, port=prosody.component_port)
    code, (_, database, login), said = await service.check()
    assert (code, database["ok"], login["ok"], said) == (0, True, True, "")
    assert "`mixd serve` makes it" in str(database["detail"])
    service.start()
    try:
        await until("it is connected", lambda: "connected to" in service.program.said(), within=15)
        code, (_, database, login), said = await service.check()
        assert (code, said) == (0, "")
        assert (database["detail"], login["detail"]) == (str(tmp_path / "mixd.db"), "by the mixd that is running")
        assert service.program.is_running
        assert "stream" not in service.program.said(), "a second login would have ended its stream"
    finally:
        service.program.stop()


async def test_check_says_what_to_do_and_nothing_else(prosody: Prosody, tmp_path: Path) -> None:
    service = Service(tmp_path, port=prosody.component_port, secret="eye of toad")
    code, (_, _, login), said = await service.check()
    assert (code, said) == (1, "")
    assert not login["ok"]
    assert login["detail"] == f"The XMPP server refused the secret of the component {COMPONENT}."
    assert "secret in [component]" in str(login["hint"])
    (tmp_path / "mixd.db").write_text("Double, double toil and trouble. " * 100)
    code, (_, database, login), _ = await service.check()
    assert (code, database["ok"]) == (1, False)
    assert "not tried" in str(login["detail"])


async def test_a_wrong_secret_is_said_plainly(prosody: Prosody, tmp_path: Path) -> None:
    service = Service(tmp_path, port=prosody.component_port, secret="eye of toad")
    service.start()
    try:
        assert await service.program.exit_code(within=15) == 1, "trying again would not help"
    finally:
        service.program.stop()
    assert "secret" in service.program.said()
    assert "eye of toad" not in service.program.said()
    assert "Traceback" not in service.program.said()


async def test_without_a_host_it_keeps_trying_and_stops_when_told(tmp_path: Path) -> None:
    [port] = free_ports(1)
    service = Service(tmp_path, port=port)
    service.start()
    try:
        await until("it says where it cannot connect", lambda: str(port) in service.program.said(), within=15)
        assert service.program.is_running
        assert await service.shut_down(within=3) == 0
    finally:
        service.program.stop()
    assert "Traceback" not in service.program.said()


async def test_it_connects_once_the_host_is_there(stage: Stage) -> None:
    assert await stage.service.shut_down() == 0
    stage.host.stop()
    await stage.go_home()
    stage.service.start()
    port = str(stage.host.component_port)
    await until("it says where it cannot connect", lambda: port in stage.service.program.said(), within=15)
    stage.host.start()
    await stage.log_in()
    await stage.up(within=40)
