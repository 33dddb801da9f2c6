#!/usr/bin/python3
"""A stand-in for VirtualBox's VBoxManage whose VMs are run by QEMU, with what VirtualBox has in
common with it: a CD and a disk on AHCI, a user network at 10.0.2.0/24, two serial ports.

It takes the commands that Gangway gives and keeps what there would be of VMs beside itself. There is
no shared folder in its VMs: QEMU has no vboxsf. No VirtualBox has to do with it.
"""

import json
import os
import re
import socket
import subprocess
import sys
import time
from pathlib import Path

machines = Path(__file__).parent / "machines"


def refuse(code, words):
    sys.exit(f"VBoxManage: error: {words}\nVBoxManage: error: Details: code {code} (0x80bb0000), component X")


class Machine:
    def __init__(self, name):
        self.name = name
        self.file = machines / f"{name}.json"
        self.monitor = machines / f"{name}.monitor"
        if not self.file.exists():
            refuse("VBOX_E_OBJECT_NOT_FOUND", f"Could not find a registered machine named '{name}'")
        self.has = json.loads(self.file.read_text())

    def keep(self):
        # Somebody may be looking.
        new = self.file.with_suffix(f".{os.getpid()}")
        new.write_text(json.dumps(self.has))
        new.rename(self.file)

    def ask(self, command, **arguments):
        """What QEMU's monitor answers; None: there is no QEMU."""
        try:
            connection = socket.socket(socket.AF_UNIX)
            connection.connect(str(self.monitor))
            lines = connection.makefile("rw")
            lines.readline()
            for each in ({"execute": "qmp_capabilities"}, {"execute": command, "arguments": arguments}):
                lines.write(json.dumps(each) + "\n")
                lines.flush()
                answer = {}
                while "return" not in answer and "error" not in answer:
                    answer = json.loads(lines.readline())
        except (OSError, ValueError):
            return None
        if "error" in answer:
            refuse("E_FAIL", answer["error"]["desc"])
        return answer["return"]

    def monitor_line(self, line):
        said = self.ask("human-monitor-command", **{"command-line": line})
        if said:
            refuse("E_FAIL", said)

    def status(self):
        status = self.ask("query-status")
        return status and status["status"]

    def state(self):
        status = self.status()
        if status is None:
            return "saved" if self.memory().exists() else "poweroff"
        return "running" if status == "running" else "paused"

    def memory(self):
        return Path(self.has["folder"]) / "memory"

    def forwards(self):
        for rule in self.has["rules"]:
            _, protocol, host, port, guest, guest_port = rule.split(",")
            yield rule, f"{protocol}:{host}:{port}", f"{guest}:{guest_port}"

    def start(self):
        restores = self.memory().exists()
        option = self.has["options"]
        log, console = option["--uartmode1"][1], option["--uartmode2"][1]
        network = "user,id=nat" + "".join(f",hostfwd={at}-{to}" for _, at, to in self.forwards())
        # QEMU reads VMDK, but cannot save a VM that has it; so it gets the file that is described.
        descriptor = Path(self.has["media"]["hdd"])
        sectors, extent = re.search(r'RW (\d+) FLAT "(.*)" 0', descriptor.read_text()).groups()
        disk = descriptor.parent / extent
        assert disk.stat().st_size == int(sectors) * 512
        subprocess.Popen(
            ["qemu-system-x86_64", "-accel", "tcg", "-cpu", "max,la57=off", "-machine", "q35"]
            + ["-m", option["--memory"][0], "-nodefaults", "-display", "none", "-vga", "std"]
            + ["-serial", f"file:{log}", "-serial", f"unix:{console},server=on,wait=off"]
            + ["-qmp", f"unix:{self.monitor},server=on,wait=off"]
            + ["-netdev", network, "-device", "virtio-net-pci,netdev=nat,romfile="]
            + ["-drive", f"if=none,id=cd,media=cdrom,readonly=on,file={self.has['media']['dvddrive']}"]
            + ["-drive", f"if=none,id=disk,format=raw,file={disk}"]
            + ["-device", "ide-cd,drive=cd,bus=ide.0,bootindex=0", "-device", "ide-hd,drive=disk,bus=ide.1"]
            + (["-incoming", f"exec:cat {self.memory()}"] if restores else []),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=open(machines / "qemu.log", "ab"),
            start_new_session=True,
        )
        self.wait_for(lambda status: status not in (None, "inmigrate"))
        if restores:
            self.memory().unlink()
            self.ask("cont")

    def wait_for(self, reached):
        while not reached(self.status()):
            time.sleep(0.1)

    def save(self):
        self.ask("stop")
        self.ask("migrate-set-parameters", **{"max-bandwidth": 1 << 33})
        self.ask("migrate", uri=f"exec:cat >{self.memory()}")
        while self.ask("query-migrate").get("status") != "completed":
            time.sleep(0.1)
        self.switch_off()

    def switch_off(self):
        self.ask("quit")
        self.wait_for(lambda status: status is None)

    def control(self, words):
        if self.status() is None:
            sys.exit(f"VBoxManage: error: Machine '{self.name}' is not currently running.")
        action = words[0]
        if action == "natpf1":
            self.change_port(words[1:], running=True)
        else:
            {
                "pause": lambda: self.ask("stop"),
                "resume": lambda: self.ask("cont"),
                "savestate": self.save,
                "acpipowerbutton": lambda: self.ask("system_powerdown"),
                "poweroff": self.switch_off,
            }[action]()

    def change_port(self, words, running=False):
        if words[0] == "delete":
            for rule, at, _ in list(self.forwards()):
                if rule.startswith(words[1] + ","):
                    self.has["rules"].remove(rule)
                    if running:
                        # It tells what it has done.
                        self.ask("human-monitor-command", **{"command-line": f"hostfwd_remove nat {at}"})
        else:
            self.has["rules"].append(words[0])
            if running:
                _, at, to = list(self.forwards())[-1]
                self.monitor_line(f"hostfwd_add nat {at}-{to}")
        self.keep()

    def modify(self, words):
        if words[0] == "--natpf1":
            self.change_port(words[1:])
            return
        while words:
            option, *words = words
            values = []
            while words and not words[0].startswith("--"):
                values.append(words.pop(0))
            self.has["options"][option] = values
        self.keep()


def create(name, folder):
    directory = Path(folder) / name
    if (machines / f"{name}.json").exists() or directory.exists():
        refuse("VBOX_E_FILE_ERROR", f"Machine settings file of '{name}' already exists")
    directory.mkdir(parents=True)
    machines.mkdir(exist_ok=True)
    empty = {"folder": str(directory), "options": {}, "media": {}, "notes": {}, "rules": []}
    (machines / f"{name}.json").write_text(json.dumps(empty))


def main(command, *words):
    if command == "--version":
        print("7.0.20r163906")
    elif command == "createvm":
        create(words[1], words[5])
    elif command == "closemedium":
        pass
    elif command == "sharedfolder":
        refuse("E_NOTIMPL", "QEMU has no shared folders")
    else:
        machine, words = Machine(words[0]), list(words[1:])
        if command == "showvminfo":
            print(f'VMState="{machine.state()}"')
            for number, rule in enumerate(machine.has["rules"]):
                print(f'Forwarding({number})="{rule}"')
        elif command == "getextradata":
            for name, value in machine.has["notes"].items():
                print(f"Key: {name}, Value: {value}")
        elif command == "setextradata":
            machine.has["notes"][words[0]] = words[1]
            machine.keep()
        elif command == "modifyvm":
            machine.modify(words)
        elif command == "storageattach":
            options = dict(zip(words[::2], words[1::2]))
            machine.has["media"][options["--type"]] = options["--medium"]
            machine.keep()
        elif command == "startvm":
            machine.start()
        elif command == "controlvm":
            machine.control(words)
        elif command == "discardstate":
            machine.memory().unlink()
        elif command == "unregistervm":
            machine.file.unlink()
        elif command != "storagectl":
            refuse("E_INVALIDARG", f"Invalid command '{command}'")


main(*sys.argv[1:])
