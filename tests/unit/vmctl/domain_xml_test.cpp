// The domain, as text: what a VM of ours is made of, and that values cannot break out of it.
#include "vmctl/domain_xml.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace vmctl;

namespace {

domain_spec example()
{
    domain_spec spec;
    spec.name = "gangway-default";
    spec.version = "0.1.0";
    spec.run_by = accelerator::emulation;
    spec.cpus = 2;
    spec.memory = config::gibibytes(2);
    spec.kernel = "/images/vmlinuz";
    spec.initrd = "/images/initrd.img";
    spec.root_image = "/images/root.img";
    spec.data_disk = "/state/disk.img";
    spec.serial_socket = "/state/serial.sock";
    spec.serial_log = "/state/serial.log";
    spec.command_line = "console=ttyS0 loglevel=3";
    return spec;
}

bool contains(const std::string& text, const std::string& part)
{
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("the domain boots the appliance directly, with its disks by serial number")
{
    const auto xml = domain_xml(example());
    CHECK(contains(xml, "<name>gangway-default</name>"));
    CHECK(contains(xml, "<memory unit='KiB'>2097152</memory>"));
    CHECK(contains(xml, "<vcpu>2</vcpu>"));
    CHECK(contains(xml, "<kernel>/images/vmlinuz</kernel>"));
    CHECK(contains(xml, "<initrd>/images/initrd.img</initrd>"));
    CHECK(contains(xml, "<cmdline>console=ttyS0 loglevel=3</cmdline>"));
    const auto root = xml.find("<source file='/images/root.img'/>");
    const auto data = xml.find("<source file='/state/disk.img'/>");
    REQUIRE(root != std::string::npos);
    REQUIRE(data != std::string::npos);
    const auto root_disk = xml.substr(root, xml.find("</disk>", root) - root);
    const auto data_disk = xml.substr(data, xml.find("</disk>", data) - data);
    CHECK(contains(root_disk, "<readonly/>"));
    CHECK(contains(root_disk, "<serial>gangway-root</serial>"));
    CHECK_FALSE(contains(data_disk, "<readonly/>"));
    CHECK(contains(data_disk, "<serial>gangway-data</serial>"));
    CHECK(contains(xml, "discard='unmap'"));
}

TEST_CASE("a guest whose system is its initrd has the data disk alone")
{
    auto spec = example();
    spec.root_image.clear();
    const auto xml = domain_xml(spec);
    CHECK_FALSE(contains(xml, "gangway-root"));
    CHECK(contains(xml, "<source file='/state/disk.img'/>"));
    CHECK(xml.find("<disk ") == xml.rfind("<disk "));
}

TEST_CASE("each share is a 9p file system of its own, read-only where QEMU must not write")
{
    CHECK_FALSE(contains(domain_xml(example()), "<filesystem"));
    auto spec = example();
    spec.shares = {{"/home/it's me", true}, {"/srv", false}};
    const auto xml = domain_xml(spec);
    CHECK(contains(xml, R"(
    <filesystem type='mount' accessmode='squash' multidevs='remap'>
      <source dir='/home/it&apos;s me'/>
      <target dir='gangway-share-0'/>
    </filesystem>
    <filesystem type='mount' accessmode='squash' multidevs='remap'>
      <source dir='/srv'/>
      <target dir='gangway-share-1'/>
      <readonly/>
    </filesystem>
)"));
    CHECK(contains(xml, " shares='rw /home/it\\0047s\\0040me ro /srv' "));
}

TEST_CASE("the console is a socket whose output also goes to the log, begun anew at each start")
{
    const auto xml = domain_xml(example());
    CHECK(contains(xml, "<source mode='bind' path='/state/serial.sock'/>"));
    CHECK(contains(xml, "<log file='/state/serial.log' append='off'/>"));
}

TEST_CASE("the engine and ssh are forwarded from loopback alone, to ports the kernel chooses")
{
    CHECK(contains(
        domain_xml(example()),
        "user,id=gw0,hostfwd=tcp:127.0.0.1:0-:2376,hostfwd=tcp:127.0.0.1:0-:22"
    ));
}

TEST_CASE("a configured engine port is used")
{
    auto spec = example();
    spec.engine_port = 2376;
    CHECK(contains(domain_xml(spec), "hostfwd=tcp:127.0.0.1:2376-:2376"));
}

TEST_CASE("the processor fits the way it is run")
{
    auto spec = example();
    CHECK(contains(domain_xml(spec), "<domain type='qemu'"));
    CHECK(contains(domain_xml(spec), "<cpu mode='maximum'>"));
    spec.run_by = accelerator::kvm;
    CHECK(contains(domain_xml(spec), "<domain type='kvm'"));
    CHECK(contains(domain_xml(spec), "<cpu mode='host-passthrough'"));
    spec.run_by = accelerator::hvf;
    CHECK(contains(domain_xml(spec), "<domain type='hvf'"));
}

TEST_CASE("a domain that replaces another keeps its identity")
{
    const std::string uuid = "6ba7b810-9dad-11d1-80b4-00c04fd430c8";
    CHECK(contains(domain_xml(example(), uuid), "<uuid>" + uuid + "</uuid>"));
    CHECK_FALSE(contains(domain_xml(example()), "<uuid>"));
}

TEST_CASE("a guest that stops, reboots or panics ends the domain")
{
    const auto xml = domain_xml(example());
    for (const auto* event : {"on_poweroff", "on_reboot", "on_crash"}) {
        CHECK(contains(xml, "<" + std::string(event) + ">destroy</" + event + ">"));
    }
}

TEST_CASE("paths and texts with the characters of XML stay what they are")
{
    auto spec = example();
    spec.data_disk = "/home/o'neill & <co>/\"disk\".img";
    spec.command_line = "a=<b> & 'c'";
    const auto xml = domain_xml(spec);
    CHECK(contains(xml, "<source file='/home/o&apos;neill &amp; &lt;co&gt;/&quot;disk&quot;.img'/>")
    );
    CHECK(contains(xml, "<cmdline>a=&lt;b&gt; &amp; &apos;c&apos;</cmdline>"));
    CHECK_FALSE(contains(xml, "o'neill"));
}

TEST_CASE("the metadata says which version made the domain and for which disk")
{
    const auto* const element =
        "<gangway:vm xmlns:gangway=\"urn:gangway:vm:1\" version=\"0.1.0\" disk=\"/a &amp; b\"/>";
    CHECK(attribute_in_metadata(element, "version") == "0.1.0");
    CHECK(attribute_in_metadata(element, "disk") == "/a & b");
    CHECK(attribute_in_metadata("<vm version='7'/>", "version") == "7");
    CHECK_FALSE(attribute_in_metadata("<vm/>", "version"));
    CHECK_FALSE(attribute_in_metadata("<vm version=", "version"));
    CHECK_FALSE(attribute_in_metadata("<vm version='7", "version"));
    CHECK_FALSE(attribute_in_metadata("", "version"));
}

TEST_CASE("what was escaped for XML comes back as it was")
{
    const std::string text = "/o'neill & <co>/\"disk\";amp;&amp;.img";
    CHECK(xml_unescaped(xml_escaped(text)) == text);
    CHECK(xml_unescaped("&nbsp; & &am") == "&nbsp; & &am");
}

TEST_CASE("what a VM is made of is noted in its domain, and everything counts")
{
    auto spec = example();
    const auto xml = domain_xml(spec);
    const auto noted = attribute_in_metadata(xml.substr(xml.find("<gangway:vm")), "spec");
    CHECK(noted == fingerprint(spec));
    CHECK(fingerprint(example()) == fingerprint(spec));
    // Whose identity libvirt gives, not we.
    CHECK(attribute_in_metadata(domain_xml(spec, "an-uuid"), "spec") == noted);
    SECTION("the image")
    {
        spec.image_identity = "another";
    }
    SECTION("the memory")
    {
        spec.memory = config::gibibytes(4);
    }
    SECTION("the shares")
    {
        spec.shares = {{"/srv", false}};
    }
    SECTION("our own version")
    {
        spec.version = "0.2.0";
    }
    CHECK(fingerprint(spec) != noted);
}
