"""Holds launchd's property list, as plistutil reads it, against what the daemon and launchd expect.

Usage: check_property_list.py PLISTUTIL PLIST GANGWAYD HEADER
HEADER says by what name the daemon asks for its socket.
"""
import pathlib
import plistlib
import re
import subprocess
import sys

plistutil, property_list, gangwayd, header = sys.argv[1:]


def converted(data, form):
    return subprocess.run([plistutil, "-f", form], input=data, stdout=subprocess.PIPE, check=True).stdout


# To Apple's binary form and back: what libplist does not understand does not survive that.
written = pathlib.Path(property_list).read_bytes()
read = converted(converted(written, "bin"), "xml")
agent = plistlib.loads(read)
assert agent == plistlib.loads(written), "plistutil reads something else"

assert agent["Label"] == pathlib.Path(property_list).stem, agent["Label"]

# What launchd runs is a command line of the daemon that was built.
program, *arguments = agent["ProgramArguments"]
assert pathlib.PurePosixPath(program).is_absolute(), program
assert pathlib.PurePosixPath(program).name == "gangwayd", program
printed = subprocess.run(
    [gangwayd, *arguments, "--print-config"], stdout=subprocess.PIPE, check=True, text=True
).stdout
assert re.search(r'"listen": \[\s*"fd://"\s*\]', printed), printed

# One socket, of the name that the daemon asks for.
asked_for = re.search(
    r'launchd_socket_name = "(\w+)"', pathlib.Path(header).read_text(encoding="utf-8")
).group(1)
assert list(agent["Sockets"]) == [asked_for], agent["Sockets"]
socket = agent["Sockets"][asked_for]
assert socket["SockFamily"] == "Unix" and socket["SockType"] == "stream", socket
assert socket["SockPathMode"] == 0o600, socket
assert socket.get("SockPassive", True), socket

# It begins with a connection, not by itself, and is not begun again and again.
assert agent["RunAtLoad"] is False and agent["KeepAlive"] is False, agent

# launchd expands nothing and makes no directory: what is the user's is marked, and documented.
home = "HOME_DIRECTORY"
assert socket["SockPathName"] == f"{home}/.local/state/gangway/default/run/docker.sock", socket
assert agent["StandardErrorPath"] == f"{home}/Library/Logs/gangwayd.log", agent
assert read.decode().count(home) == 2, "one of them is not known here"
for directory in agent["EnvironmentVariables"]["PATH"].split(":"):
    assert directory.startswith("/"), directory
# Longer than vm.shutdown_timeout by default, and than launchd's own 20 s.
assert agent["ExitTimeOut"] >= 60 and agent["AbandonProcessGroup"] is True, agent
