// What libvirt has saved, packed and unpacked, whatever has happened in between.
#include "vmctl/packed_memory.hpp"

#include "tests/support/test_directory.hpp"
#include "vmctl/private_file.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <random>
#include <stop_token>
#include <string>

using namespace vmctl;
namespace fs = std::filesystem;

namespace {

constexpr auto kept = packed_memory::kept;

// Zeros, text and noise, as memory is.
std::string memory(std::size_t size)
{
    std::string all;
    std::minstd_rand noise(7);
    while (all.size() < size) {
        all.append(50'000, '\0');
        all.append("the same words again and again, ");
        for (int count = 0; count < 5'000; ++count) all += static_cast<char>(noise() & 0xffU);
    }
    all.resize(size);
    return all;
}

struct saved_machine {
    explicit saved_machine(std::size_t size) : content(memory(size)) { save(); }

    void save() const { test_support::write_file(file, content); }

    bool is_whole() const { return read_file(file) == content; }

    test_support::test_directory directory;
    fs::path file = directory.path() / "machine.save";
    fs::path packed = directory.path() / "memory.zst";
    packed_memory pack{file, packed};
    std::string content;
};

void cut(const fs::path& file, std::uintmax_t size)
{
    fs::resize_file(file, size);
}

}  // namespace

TEST_CASE("what was packed is smaller, and is the same when it is unpacked")
{
    const auto size = GENERATE(kept + 1, kept + 100'000, std::size_t{9'000'001});
    CAPTURE(size);
    const saved_machine machine(size);
    machine.pack.pack({});
    CHECK(fs::file_size(machine.file) == kept);
    CHECK(fs::file_size(machine.packed) < 200 + (size - kept) / 4);
    CHECK((fs::status(machine.packed).permissions() & fs::perms::others_all) == fs::perms::none);
    machine.pack.unpack();
    CHECK(machine.is_whole());
    // Twice is once.
    machine.pack.unpack();
    CHECK(machine.is_whole());
    machine.pack.pack({});
    CHECK(fs::file_size(machine.file) == kept);
    machine.pack.unpack();
    CHECK(machine.is_whole());
    machine.pack.forget();
    CHECK_FALSE(fs::exists(machine.packed));
    machine.pack.forget();
}

TEST_CASE("what is small, not there, or nobody knows where, is not packed")
{
    const saved_machine machine(kept);
    machine.pack.pack({});
    CHECK(machine.is_whole());
    CHECK_FALSE(fs::exists(machine.packed));
    fs::remove(machine.file);
    machine.pack.pack({});
    machine.pack.unpack();
    CHECK_FALSE(fs::exists(machine.file));
    const packed_memory nowhere({}, machine.packed);
    nowhere.pack({});
    nowhere.unpack();
    CHECK_FALSE(fs::exists(machine.packed));
}

TEST_CASE("packing that is called off leaves the memory as it was saved")
{
    const saved_machine machine(3'000'000);
    std::stop_source call_off;
    call_off.request_stop();
    machine.pack.pack(call_off.get_token());
    CHECK(machine.is_whole());
    CHECK_FALSE(fs::exists(machine.packed));
    CHECK_FALSE(fs::exists(machine.packed.string() + ".partial"));
    machine.pack.unpack();
    CHECK(machine.is_whole());
}

TEST_CASE("a crash on the way leaves what can be used")
{
    const saved_machine machine(3'000'000);
    SECTION("before anything was complete")
    {
        test_support::write_file(machine.packed.string() + ".partial", "half");
        machine.pack.unpack();
    }
    SECTION("before libvirt's file was cut")
    {
        machine.pack.pack({});
        machine.save();
        machine.pack.unpack();
    }
    SECTION("while it was unpacked")
    {
        machine.pack.pack({});
        const auto beginning = read_file(machine.file);
        const auto length = GENERATE(std::size_t{2'000'000}, std::size_t{3'000'000});
        test_support::write_file(machine.file, beginning + std::string(length - kept, '\0'));
        machine.pack.unpack();
    }
    CHECK(machine.is_whole());
    machine.pack.pack({});
    machine.pack.unpack();
    CHECK(machine.is_whole());
}

TEST_CASE("what was packed of another time is not used")
{
    saved_machine machine(3'000'000);
    machine.pack.pack({});
    machine.content[100] = 'x';
    machine.save();
    machine.pack.unpack();
    CHECK(machine.is_whole());
    machine.pack.pack({});
    machine.pack.unpack();
    CHECK(machine.is_whole());
}

TEST_CASE("what is damaged or missing is told, and not used")
{
    const saved_machine machine(3'000'000);
    machine.pack.pack({});
    auto packed = read_file(machine.packed);
    SECTION("missing")
    {
        fs::remove(machine.packed);
    }
    SECTION("empty")
    {
        cut(machine.packed, 0);
    }
    SECTION("cut off")
    {
        cut(machine.packed, packed.size() - 1);
    }
    SECTION("without a frame")
    {
        cut(machine.packed, 128);
    }
    SECTION("changed")
    {
        packed[packed.size() / 2] = static_cast<char>(packed[packed.size() / 2] ^ 1);
        test_support::write_file(machine.packed, packed);
    }
    SECTION("longer")
    {
        test_support::write_file(machine.packed, packed + packed.substr(128));
    }
    SECTION("of something else")
    {
        packed[30] = packed[30] == 'a' ? 'b' : 'a';
        test_support::write_file(machine.packed, packed);
    }
    SECTION("of a machine whose file has changed")
    {
        test_support::write_file(machine.file, std::string(kept, 'x'));
    }
    CHECK_THROWS_AS(machine.pack.unpack(), packed_memory::unusable);
}

TEST_CASE("what cannot be packed stays as it is")
{
    const saved_machine machine(3'000'000);
    const packed_memory elsewhere(machine.file, machine.directory.path() / "none/memory.zst");
    CHECK_THROWS_AS(elsewhere.pack({}), storage_error);
    CHECK(machine.is_whole());
}

TEST_CASE("what libvirt has saved for a session of ours is below its configuration")
{
    CHECK(saved_file_of("qemu:///system", "gangway-default").empty());
    CHECK(saved_file_of("qemu+ssh://host/session", "gangway-default").empty());
    ::setenv("XDG_CONFIG_HOME", "/else", 1);
    CHECK(
        saved_file_of("qemu:///session", "gangway-default") ==
        "/else/libvirt/qemu/save/gangway-default.save"
    );
    ::setenv("XDG_CONFIG_HOME", "relative", 1);
    ::setenv("HOME", "/home/me", 1);
    CHECK(
        saved_file_of("qemu:///session", "gangway-default") ==
        "/home/me/.config/libvirt/qemu/save/gangway-default.save"
    );
    ::unsetenv("XDG_CONFIG_HOME");
}

TEST_CASE("a VM's memory is packed in its state directory")
{
    config::settings settings;
    settings.instance = "work";
    settings.state_dir = "/state/work";
    settings.vm.libvirt_uri = "qemu:///system";
    CHECK(memory_of(settings).files() == std::vector<fs::path>{"", "/state/work/memory.zst"});
    settings.vm.libvirt_uri = "qemu:///session";
    CHECK(memory_of(settings).files().front().filename() == "gangway-work.save");
}
