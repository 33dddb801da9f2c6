// A record that one daemon leaves and the next finds, if it still holds.
#include "proxy/sleep_record.hpp"

#include "tests/support/test_directory.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <optional>
#include <string>

using namespace proxy;
namespace fs = std::filesystem;

namespace {

struct place {
    place() { is_saved("memory"); }

    void is_saved(const std::string& what) const { test_support::write_file(saved, what); }

    // By a daemon that has ended since.
    void keep(const sleeping_engine& what) const
    {
        sleep_record(record, "1.0", {saved, packed}).keep(what);
    }

    std::optional<sleeping_engine> read(const std::string& made_of = "1.0") const
    {
        return sleep_record(record, made_of, {saved, packed}).read();
    }

    test_support::test_directory directory;
    fs::path record = directory.path() / "asleep";
    fs::path saved = directory.path() / "machine.save";
    fs::path packed = directory.path() / "memory.zst";
};

const sleeping_engine known{.answers = {{"GET /info", "all"}}, .ports = {}, .containers = 1};

}  // namespace

TEST_CASE("the next daemon finds what the last has kept")
{
    const place here;
    CHECK_FALSE(here.read());
    here.keep(known);
    CHECK(here.read() == known);
}

TEST_CASE("what is kept is for its owner alone", "[unix]")
{
    const place here;
    here.keep(known);
    CHECK((fs::status(here.record).permissions() & fs::perms::others_all) == fs::perms::none);
}

TEST_CASE("what was kept does not hold")
{
    const place here;
    here.keep(known);
    SECTION("of memory that was used and saved anew")
    {
        fs::remove(here.saved);
        CHECK_FALSE(here.read());
        here.is_saved("something else");
    }
    SECTION("of memory that was changed")
    {
        here.is_saved("other memory");
    }
    SECTION("when it was dropped")
    {
        sleep_record(here.record, "1.0", {here.saved, here.packed}).drop();
    }
    SECTION("when it is damaged")
    {
        fs::resize_file(here.record, fs::file_size(here.record) - 1);
    }
    CHECK_FALSE(here.read());
}

TEST_CASE("a record of what is made otherwise is not read")
{
    const place here;
    here.keep(known);
    CHECK_FALSE(here.read("1.1"));
}

TEST_CASE("nothing is kept of memory that nobody can tell from another")
{
    const place here;
    sleep_record(here.record, "1.0", {{}, here.packed}).keep(known);
    CHECK_FALSE(fs::exists(here.record));
    fs::remove(here.saved);
    here.keep(known);
    CHECK_FALSE(fs::exists(here.record));
}
