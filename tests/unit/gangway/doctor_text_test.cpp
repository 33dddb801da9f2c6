// Findings as lines and as JSON.
#include "gangway/doctor_text.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using gangway::findings;
using gangway::findings_json;
using gangway::findings_text;
using gangway::verdict;

namespace {

const findings three{
    {"kvm", verdict::ok, "/dev/kvm can be used", ""},
    {"disk space", verdict::warning, "2 GiB free", "free some"},
    {"image", verdict::wrong, "one\nand \x1b[2J", "make a new one"},
};

}  // namespace

TEST_CASE("each finding is a line, and what to do is below it")
{
    CHECK(
        findings_text(three, false) ==
        "ok       kvm         /dev/kvm can be used\n"
        "warning  disk space  2 GiB free\n"
        "                     free some\n"
        "wrong    image       one and ?[2J\n"
        "                     make a new one\n"
        "3 checks: 1 wrong, 1 warning.\n"
    );
    CHECK(
        findings_text({three[0]}, false) ==
        "ok       kvm  /dev/kvm can be used\nNothing is wrong.\n"
    );
}

TEST_CASE("colour is around the verdict alone, and only where it is wanted")
{
    CHECK_THAT(findings_text(three, true), Catch::Contains("\x1b[1;31mwrong    \x1b[0mimage"));
    CHECK(findings_text(three, false).find('\x1b') == std::string::npos);
}

TEST_CASE("the JSON has every finding, also one that is not UTF-8")
{
    auto all = three;
    all[0].found = "/\xff";
    const auto list = nlohmann::json::parse(findings_json(all));
    REQUIRE(list.size() == 3);
    CHECK(
        list[1] ==
        nlohmann::json{
            {"check", "disk space"},
            {"verdict", "warning"},
            {"found", "2 GiB free"},
            {"advice", "free some"}}
    );
    CHECK(list[2]["verdict"] == "wrong");
}

TEST_CASE("findings are counted by their verdict")
{
    CHECK(count(three, verdict::wrong) == 1);
    CHECK(count({}, verdict::wrong) == 0);
}
