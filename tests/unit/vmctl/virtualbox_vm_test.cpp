// The VM in VBoxManage's words, line by line, and its disk in VMDK's, byte for byte.
#include "vmctl/virtualbox_vm.hpp"

#include "tests/support/process.hpp"
#include "tests/support/test_directory.hpp"
#include "vmctl/vmdk.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace vmctl;

namespace {

domain_spec example()
{
    domain_spec spec;
    spec.name = "gangway-default";
    spec.version = "0.1.0";
    spec.run_by = accelerator::virtualbox;
    spec.cpus = 2;
    spec.memory = config::gibibytes(2);
    spec.iso = "/images/gangway.iso";
    spec.data_disk = "/state/disk.img";
    spec.serial_socket = "/state/serial.sock";
    spec.serial_log = "/state/serial.log";
    spec.shares = {{"/home/it's me", true}, {"/srv", false}};
    return spec;
}

// One command a line, its words in brackets where they need them.
std::string text_of(const std::vector<virtualbox_command>& commands)
{
    std::string text;
    for (const auto& command : commands) {
        for (const auto& word : command) {
            if (&word != &command.front()) text += ' ';
            text += word.find(' ') == std::string::npos ? word : "[" + word + "]";
        }
        text += '\n';
    }
    return text;
}

}  // namespace

TEST_CASE("the VM is made by these commands")
{
    const auto spec = example();
    CHECK(
        text_of(commands_to_make(spec, "/state/virtualbox", "/state/disk.vmdk")) ==
        "createvm --name gangway-default --ostype Linux26_64 --basefolder /state/virtualbox "
        "--register\n"
        "setextradata gangway-default gangway/disk /state/disk.img\n"
        "modifyvm gangway-default --cpus 2 --memory 2048 --acpi on --ioapic on --rtcuseutc on "
        "--boot1 dvd --bioslogofadein off --bioslogofadeout off --bioslogodisplaytime 0 "
        "--biosbootmenu disabled\n"
        "modifyvm gangway-default --nic1 nat --nictype1 virtio --cableconnected1 on\n"
        "modifyvm gangway-default --uart1 0x3F8 4 --uartmode1 file /state/serial.log --uart2 0x2F8 "
        "3 --uartmode2 server /state/serial.sock\n"
        "storagectl gangway-default --name SATA --add sata --controller IntelAhci --portcount 2 "
        "--hostiocache on\n"
        "storageattach gangway-default --storagectl SATA --port 0 --device 0 --type dvddrive "
        "--medium /images/gangway.iso\n"
        "storageattach gangway-default --storagectl SATA --port 1 --device 0 --type hdd --medium "
        "/state/disk.vmdk\n"
        "setextradata gangway-default VBoxInternal/Devices/ahci/0/LUN#1/Config/IgnoreFlush 0\n"
        "sharedfolder add gangway-default --name gangway-share-0 --hostpath [/home/it's me]\n"
        "sharedfolder add gangway-default --name gangway-share-1 --hostpath /srv --readonly\n"
        "setextradata gangway-default gangway/shares [rw /home/it\\0047s\\0040me ro /srv]\n"
        "setextradata gangway-default gangway/spec " +
            virtualbox_fingerprint(spec) +
            "\n"
            "setextradata gangway-default gangway/version 0.1.0\n"
    );
}

TEST_CASE("everything that the VM is made of counts, where it is and by which port not")
{
    auto spec = example();
    const auto made_of = virtualbox_fingerprint(spec);
    CHECK(made_of.size() == 64);
    SECTION("its port does not")
    {
        spec.engine_port = 2376;
        CHECK(virtualbox_fingerprint(spec) == made_of);
    }
    SECTION("the image")
    {
        spec.image_identity = "another";
        CHECK(virtualbox_fingerprint(spec) != made_of);
    }
    SECTION("memory")
    {
        spec.memory = config::gibibytes(3);
        CHECK(virtualbox_fingerprint(spec) != made_of);
    }
    SECTION("whether a share can be written to")
    {
        spec.shares[1].writable = true;
        CHECK(virtualbox_fingerprint(spec) != made_of);
    }
    SECTION("the version")
    {
        spec.version = "0.2.0";
        CHECK(virtualbox_fingerprint(spec) != made_of);
    }
}

TEST_CASE("a rule is named after where it leads")
{
    CHECK(
        forwarding_rule(40001, {transport::udp, "127.0.0.1", 53}) ==
        "gangway-udp-127.0.0.1-53,udp,127.0.0.1,40001,127.0.0.1,53"
    );
}

TEST_CASE("a raw disk is described as VMDK has it, under the same identity each time")
{
    const auto text = vmdk_descriptor("/state/disk.img", config::gibibytes(64));
    CHECK(
        text ==
        "# Disk DescriptorFile\n"
        "version=1\n"
        "CID=fffffffe\n"
        "parentCID=ffffffff\n"
        "createType=\"monolithicFlat\"\n"
        "\n"
        "# Extent description\n"
        "RW 134217728 FLAT \"disk.img\" 0\n"
        "\n"
        "# The disk Data Base\n"
        "#DDB\n"
        "\n"
        "ddb.virtualHWVersion = \"4\"\n"
        "ddb.adapterType = \"lsilogic\"\n"
        "ddb.geometry.cylinders = \"16383\"\n"
        "ddb.geometry.heads = \"16\"\n"
        "ddb.geometry.sectors = \"63\"\n"
        "ddb.uuid.image = \"addbc649-426e-8366-a1a7-9aaa7161f5f2\"\n"
        "ddb.uuid.parent = \"00000000-0000-0000-0000-000000000000\"\n"
        "ddb.uuid.modification = \"00000000-0000-0000-0000-000000000000\"\n"
        "ddb.uuid.parentmodification = \"00000000-0000-0000-0000-000000000000\"\n"
    );
    const auto identity_in = [](const std::string& descriptor) {
        const std::string name = "ddb.uuid.image = \"";
        return descriptor.substr(descriptor.find(name) + name.size(), 36);
    };
    CHECK(
        identity_in(vmdk_descriptor("/state/disk.img", config::gibibytes(1))) == identity_in(text)
    );
    CHECK(
        identity_in(vmdk_descriptor("/other/disk.img", config::gibibytes(64))) != identity_in(text)
    );
}

TEST_CASE("another reader of VMDK finds the disk and its size")
{
    const test_support::test_directory directory;
    test_support::write_file(directory / "disk.img", std::string(1024UL * 1024, 'x'));
    test_support::write_file(
        directory / "disk.vmdk", vmdk_descriptor(directory / "disk.img", config::mebibytes(1))
    );
    const auto found = test_support::run(
        {{"qemu-img", "info", "--output=json", (directory / "disk.vmdk").string()}}
    );
    INFO(found.err);
    CHECK(found.exit_status == 0);
    CHECK_THAT(found.out, Catch::Contains("\"format\": \"vmdk\""));
    CHECK_THAT(found.out, Catch::Contains("\"virtual-size\": 1048576"));
    CHECK_THAT(found.out, Catch::Contains("monolithicFlat"));
}
