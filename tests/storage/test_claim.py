"""Two services on one database would be two writers of each channel."""

import asyncio
import sys

from mix.shell.claim import claim
from mix.shell.database import open_database

HOLDER = """
import asyncio, sys
from mix.shell.claim import claim
from mix.shell.database import open_database

async def main():
    async with claim(await open_database(sys.argv[1])) as claimed:
        print(claimed, flush=True)
        await asyncio.sleep(60)

asyncio.run(main())
"""


async def test_a_database_is_claimed_by_one_process_until_it_lets_go(url: str) -> None:
    database, other = await open_database(url), await open_database(url)
    try:
        async with claim(database) as first:
            assert first
            async with claim(other) as second:
                assert not second
        async with claim(other) as third:
            assert third
    finally:
        await database.close()
        await other.close()


async def test_a_killed_process_has_let_go(url: str) -> None:
    database = await open_database(url)
    holder = await asyncio.create_subprocess_exec(sys.executable, "-c", HOLDER, url, stdout=asyncio.subprocess.PIPE)
    try:
        assert holder.stdout is not None
        assert await holder.stdout.readline() == b"True\n"
        async with claim(database) as claimed:
            assert not claimed
        holder.kill()
        await holder.wait()
        async with asyncio.timeout(20):
            claimed = False
            while not claimed:  # a database server notices a moment later
                async with claim(database) as claimed:
                    pass
                await asyncio.sleep(0.05)
    finally:
        if holder.returncode is None:
            holder.kill()
            await holder.wait()
        await database.close()
