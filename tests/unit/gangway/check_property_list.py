"""Reads launchd's property list as Apple's format and holds it against what the daemon expects.

Usage: check_property_list.py PLIST LAUNCHD_SOURCE
"""
import pathlib
import plistlib
import re
import sys

agent = plistlib.loads(pathlib.Path(sys.argv[1]).read_bytes())
source = pathlib.Path(sys.argv[2]).read_text(encoding="utf-8")

assert agent["Label"] == pathlib.Path(sys.argv[1]).stem, agent["Label"]
program, *arguments = agent["ProgramArguments"]
assert pathlib.PurePosixPath(program).is_absolute(), program
assert pathlib.PurePosixPath(program).name == "gangwayd", program
assert arguments == ["--listen", "fd://"], arguments
asked_for = re.search(r'launch_activate_socket\("(\w+)"', source).group(1)
assert list(agent["Sockets"]) == [asked_for], agent["Sockets"]
socket = agent["Sockets"][asked_for]
assert socket["SockFamily"] == "Unix" and socket["SockType"] == "stream", socket
assert socket["SockPathMode"] == 0o600, socket
assert socket["SockPathName"].endswith("/docker.sock"), socket
