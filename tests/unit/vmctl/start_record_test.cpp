// What a start took, told to the next daemon.
#include "vmctl/start_record.hpp"

#include "tests/support/test_directory.hpp"

#include <catch2/catch.hpp>

using namespace vmctl;
using namespace std::chrono_literals;
using test_support::test_directory;

namespace {

stage_event stage(const std::string& name, std::chrono::milliseconds elapsed)
{
    stage_event event;
    event.name = name;
    event.elapsed = elapsed;
    return event;
}

}  // namespace

TEST_CASE("the last start of each kind is known")
{
    const test_directory directory;
    const start_record record(start_record_in(directory.path()));
    CHECK(record.of(start_kind::boot).empty());
    record.keep(start_kind::boot, {stage("image", 3ms), stage("ready", 60s)});
    record.keep(start_kind::restore, {stage("restore", 2s), stage("ready", 3s)});
    record.keep(start_kind::boot, {stage("image", 4ms), stage("ready", 30s)});
    const start_record later(start_record_in(directory.path()));
    CHECK(later.of(start_kind::boot) == std::vector{stage("image", 4ms), stage("ready", 30s)});
    CHECK(later.of(start_kind::restore) == std::vector{stage("restore", 2s), stage("ready", 3s)});
}

TEST_CASE("a damaged record is none, and is replaced")
{
    const test_directory directory;
    const start_record record(start_record_in(directory.path()));
    const auto content = GENERATE(
        as<std::string>(),
        "",
        "[",
        "[]",
        R"({"boot": 3})",
        R"({"boot": [["image"]]})",
        R"({"boot": [{"a": 1}]})"
    );
    test_support::write_file(start_record_in(directory.path()), content);
    CHECK(record.of(start_kind::boot).empty());
    record.keep(start_kind::boot, {stage("ready", 30s)});
    CHECK(record.of(start_kind::boot).size() == 1);
}
