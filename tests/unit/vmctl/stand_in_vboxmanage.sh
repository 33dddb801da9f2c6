#!/bin/sh
# A stand-in for VirtualBox's VBoxManage: it takes the commands that Gangway gives, keeps what there would
# be of VMs in files beside itself, refuses what the real one refuses, with its words and codes, and runs
# nothing. What a test puts beside it changes what it does: `hang-COMMAND` has that command wait for ever,
# `fail-COMMAND` has it fail with the file's text, `busy` has as many changes be refused as it has lines.
here=$(dirname "$0")
vms=$here/vms
command=$1
echo "$*" >>"$here/calls"
[ ! -e "$here/hang-$command" ] || exec sleep 1000000
if [ -e "$here/fail-$command" ]; then
    cat "$here/fail-$command" >&2
    exit 1
fi

# refuse CODE WORDS
refuse() {
    echo "VBoxManage: error: $2" >&2
    echo "VBoxManage: error: Details: code $1 (0x80bb0000), component MachineWrap, interface IMachine" >&2
    echo "VBoxManage: error: Context: \"FindMachine()\" at line 12 of file VBoxManageInfo.cpp" >&2
    exit 1
}

# find NAME
find_vm() {
    vm=$vms/$1
    [ -d "$vm" ] || refuse VBOX_E_OBJECT_NOT_FOUND "Could not find a registered machine named '$1'"
    read -r state <"$vm/state"
}

# may_change: what has to be off, or saved
may_change() {
    case $state in
        poweroff | aborted | saved) ;;
        *) refuse VBOX_E_INVALID_OBJECT_STATE "The machine '$(basename "$vm")' is already locked for a session (or being unlocked)" ;;
    esac
    [ -s "$here/busy" ] || return 0
    sed -i 1d "$here/busy"
    refuse VBOX_E_INVALID_OBJECT_STATE "The machine '$(basename "$vm")' is already locked for a session (or being unlocked)"
}

forward() {
    if [ "$1" = delete ]; then
        grep -q "^$2," "$vm/rules" || refuse E_INVALIDARG "Argument aName is invalid"
        grep -v "^$2," "$vm/rules" >"$vm/rules.new"
        mv "$vm/rules.new" "$vm/rules"
        return
    fi
    ! grep -q "^${1%%,*}," "$vm/rules" || refuse E_INVALIDARG "A NAT rule of this name already exists"
    echo "$1" >>"$vm/rules"
}

case $command in
    --version)
        echo 7.0.20r163906
        ;;
    createvm)
        name=$3
        folder=$7
        [ ! -d "$vms/$name" ] || refuse VBOX_E_OBJECT_IN_USE "Machine '$name' already exists"
        [ ! -e "$folder/$name/$name.vbox" ] ||
            refuse VBOX_E_FILE_ERROR "Machine settings file '$folder/$name/$name.vbox' already exists"
        mkdir -p "$vms/$name" "$folder/$name"
        echo poweroff >"$vms/$name/state"
        : >"$vms/$name/rules"
        : >"$vms/$name/extra"
        : >"$folder/$name/$name.vbox"
        echo "$folder/$name" >"$vms/$name/folder"
        ;;
    showvminfo)
        find_vm "$2"
        echo "name=\"$2\""
        echo "memory=2048"
        echo "VMState=\"$state\""
        echo 'VMStateChangeTime="2024-01-01T00:00:00.000000000"'
        number=0
        while read -r rule; do
            echo "Forwarding($number)=\"$rule\""
            number=$((number + 1))
        done <"$vm/rules"
        ;;
    modifyvm)
        find_vm "$2"
        may_change
        shift 2
        case $1 in
            --natpf1) shift && forward "$@" ;;
            --nat-localhostreachable1) refuse E_INVALIDARG "Unknown option: $1" ;;
            *) echo "$*" >>"$vm/hardware" ;;
        esac
        ;;
    storagectl | sharedfolder)
        if [ "$command" = sharedfolder ]; then shift; fi
        find_vm "$2"
        may_change
        ;;
    storageattach)
        find_vm "$2"
        may_change
        while [ "$1" != --medium ]; do shift; done
        [ -e "$2" ] || refuse VBOX_E_FILE_ERROR "Could not find file for the medium '$2'"
        ;;
    setextradata)
        find_vm "$2"
        grep -v "^Key: $3, " "$vm/extra" >"$vm/extra.new"
        echo "Key: $3, Value: $4" >>"$vm/extra.new"
        mv "$vm/extra.new" "$vm/extra"
        ;;
    getextradata)
        find_vm "$2"
        cat "$vm/extra"
        ;;
    startvm)
        find_vm "$2"
        may_change
        echo running >"$vm/state"
        echo "VM \"$2\" has been successfully started."
        ;;
    controlvm)
        find_vm "$2"
        case $state in
            running | paused | gurumeditation) ;;
            *)
                echo "VBoxManage: error: Machine '$2' is not currently running." >&2
                exit 1
                ;;
        esac
        shift 2
        case $1-$state in
            pause-running) echo paused >"$vm/state" ;;
            resume-paused) echo running >"$vm/state" ;;
            savestate-*) echo saved >"$vm/state" ;;
            poweroff-*) echo poweroff >"$vm/state" ;;
            # A guest that obeys at once.
            acpipowerbutton-running) echo poweroff >"$vm/state" ;;
            natpf1-*) shift && forward "$@" ;;
            *) refuse VBOX_E_INVALID_VM_STATE "Invalid machine state: $state" ;;
        esac
        ;;
    discardstate)
        find_vm "$2"
        may_change
        [ "$state" = saved ] || refuse VBOX_E_INVALID_VM_STATE "Cannot discard the machine state as the machine is not in the saved state"
        echo poweroff >"$vm/state"
        ;;
    unregistervm)
        find_vm "$2"
        may_change
        rm -r "$vm"
        ;;
    closemedium)
        [ -e "$3" ] || refuse VBOX_E_FILE_ERROR "Could not find file for the medium '$3'"
        ;;
    *)
        echo "VBoxManage: error: Invalid command '$command'" >&2
        exit 2
        ;;
esac
