// The domain, as text: byte for byte what is in golden/, for each way to run the processors; each
// valid by libvirt's own schema; and that values cannot break out of it.
#include "vmctl/domain_xml.hpp"

#include "tests/support/process.hpp"
#include "tests/support/test_directory.hpp"
#include "vmctl/domain_metadata.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>
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
    spec.iso = "/images/gangway.iso";
    spec.data_disk = "/state/disk.img";
    spec.serial_socket = "/state/serial.sock";
    spec.serial_log = "/state/serial.log";
    spec.command_line = "console=ttyS0 loglevel=3";
    return spec;
}

constexpr const char* known_domain = "6ba7b810-9dad-11d1-80b4-00c04fd430c8";

std::string domain_for_qemu(const domain_spec& spec)
{
    return domain_xml(spec);
}

bool contains(const std::string& text, const std::string& part)
{
    return text.find(part) != std::string::npos;
}

std::string text_of(const std::filesystem::path& file)
{
    std::ifstream stream(file);
    return {std::istreambuf_iterator<char>(stream), {}};
}

// libvirt's own judgement, by the schema that it was installed with. A missing tool fails the test.
test_support::process_result validate(const std::filesystem::path& file)
{
    return test_support::run({{"virt-xml-validate", file.string(), "domain"}});
}

struct golden_case {
    std::string name;  // of the file in golden/
    accelerator run_by;
    bool shares;
};

const golden_case golden_cases[] = {
    {"qemu-kvm", accelerator::kvm, false},
    {"qemu-kvm-shares", accelerator::kvm, true},
    {"qemu-hvf", accelerator::hvf, false},
    {"qemu-hvf-shares", accelerator::hvf, true},
    {"qemu-emulation", accelerator::emulation, false},
    {"qemu-emulation-shares", accelerator::emulation, true},
};

std::filesystem::path golden_file(const std::string& name)
{
    return std::filesystem::path(GOLDEN_DIRECTORY) / (name + ".xml");
}

}  // namespace

TEST_CASE("each way's domain is the golden one, and valid by libvirt's schema")
{
    for (const auto& [name, run_by, shares] : golden_cases) {
        auto spec = example();
        spec.run_by = run_by;
        if (shares) spec.shares = {{"/home/it's me & <co>", true}, {"/srv", false}};
        INFO(name);
        CHECK(domain_xml(spec, known_domain) == text_of(golden_file(name)));
        const auto judgement = validate(golden_file(name));
        INFO(judgement.err);
        CHECK(judgement.exit_status == 0);
    }
}

TEST_CASE("a guest whose system is its initrd has the data disk alone")
{
    auto spec = example();
    spec.root_image.clear();
    const auto xml = domain_for_qemu(spec);
    CHECK_FALSE(contains(xml, "gangway-root"));
    CHECK(contains(xml, "<source file='/state/disk.img'/>"));
    CHECK(xml.find("<disk ") == xml.rfind("<disk "));
}

TEST_CASE("no golden file is left behind without its case")
{
    const std::filesystem::directory_iterator files(GOLDEN_DIRECTORY);
    CHECK(std::distance(begin(files), end(files)) == std::ssize(golden_cases));
}

TEST_CASE("libvirt's schema refuses a domain with a device that there is not")
{
    const test_support::test_directory directory;
    auto xml = text_of(golden_file("qemu-kvm"));
    const auto device = xml.find("<rng model='virtio'>");
    REQUIRE(device != std::string::npos);
    xml.insert(device, "<gangplank/>");
    test_support::write_file(directory / "domain.xml", xml);
    const auto judgement = validate(directory / "domain.xml");
    CHECK(judgement.exit_status != 0);
    CHECK_THAT(judgement.err, Catch::Contains("fails to validate"));
}

TEST_CASE("a domain without shares has none, also in what is noted of it")
{
    CHECK_FALSE(contains(domain_for_qemu(example()), "<filesystem"));
    CHECK(contains(domain_for_qemu(example()), " shares='' "));
}

TEST_CASE("a configured engine port is used")
{
    auto spec = example();
    spec.engine_port = 2376;
    CHECK(contains(domain_for_qemu(spec), "hostfwd=tcp:127.0.0.1:2376-:2376"));
}

TEST_CASE("a domain that replaces none is given no identity")
{
    CHECK_FALSE(contains(domain_for_qemu(example()), "<uuid>"));
}

TEST_CASE("paths and texts with the characters of XML stay what they are")
{
    auto spec = example();
    spec.data_disk = "/home/o'neill & <co>/\"disk\".img";
    spec.command_line = "a=<b> & 'c'";
    const auto xml = domain_for_qemu(spec);
    const std::string disk =
        "<source file='/home/o&apos;neill &amp; &lt;co&gt;/&quot;disk&quot;.img'/>";
    CHECK(contains(xml, disk));
    CHECK(contains(xml, "<cmdline>a=&lt;b&gt; &amp; &apos;c&apos;</cmdline>"));
    CHECK_FALSE(contains(xml, "o'neill"));
}

TEST_CASE("what a VM is made of is noted in its domain, and everything counts")
{
    const auto made_of = [](const domain_spec& spec) { return fingerprint(spec); };
    auto spec = example();
    const auto xml = domain_for_qemu(spec);
    const auto noted = attribute_in_metadata(xml.substr(xml.find("<gangway:vm")), "spec");
    CHECK(noted == made_of(spec));
    CHECK(made_of(example()) == made_of(spec));
    // Whose identity libvirt gives, not we.
    const auto again = domain_xml(spec, known_domain);
    CHECK(attribute_in_metadata(again, "spec") == noted);
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
    CHECK(made_of(spec) != noted);
}
