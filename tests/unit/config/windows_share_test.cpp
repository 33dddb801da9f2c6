// Paths in the configuration of a machine that runs Windows.
#include "config/defaults.hpp"
#include "example.hpp"

#include <catch2/catch.hpp>

using namespace config;

namespace {

environment bob()
{
    environment where;
    where.home = R"(C:\Users\bob)";
    where.paths = path_dialect::windows;
    where.has_named_pipes = true;
    return where;
}

std::vector<share> shares_for_bob(const std::string& list)
{
    return load(bob(), file_text{"gangway.json", R"({"shares":)" + list + "}"}, {}).values.shares;
}

std::vector<std::string> problems_for_bob(const std::string& text)
{
    std::vector<std::string> lines;
    try {
        load(bob(), file_text{"gangway.json", text}, {});
    } catch (const config_error& error) {
        for (const auto& problem : error.problems()) lines.push_back(to_string(problem));
    }
    return lines;
}

share placed(const std::string& path, const std::string& there, bool writable = true)
{
    return {path, writable, there};
}

}  // namespace

TEST_CASE("a share of Windows is in the guest below the letter of its drive")
{
    const auto [written, there] = GENERATE(table<std::string, share>({
        {R"("C:\\Users\\me")", placed(R"(C:\Users\me)", "/c/Users/me")},
        {R"("c:/Users/me/")", placed(R"(C:\Users\me)", "/c/Users/me")},
        {R"("/c/Users/me:ro")", placed(R"(C:\Users\me)", "/c/Users/me", false)},
        {R"("\\\\?\\D:\\x")", placed(R"(D:\x)", "/d/x")},
        {R"("D:\\:ro")", placed("D:\\", "/d", false)},
        {R"("~/src")", placed(R"(C:\Users\bob\src)", "/c/Users/bob/src")},
        {R"("~\\src:ro")", placed(R"(C:\Users\bob\src)", "/c/Users/bob/src", false)},
    }));
    CAPTURE(written);
    CHECK(shares_for_bob("[" + written + "]") == std::vector<share>{there});
}

TEST_CASE("by default a user of Windows shares the home directory, and the service everybody's")
{
    auto where = bob();
    CHECK(
        defaults(where, "default").shares ==
        std::vector<share>{placed(R"(C:\Users\bob)", "/c/Users/bob")}
    );
    where.system_service = true;
    CHECK(
        defaults(where, "default").shares == std::vector<share>{placed(R"(C:\Users)", "/c/Users")}
    );
}

TEST_CASE("what cannot be shared from Windows is a problem of the configuration")
{
    const auto [list, part] = GENERATE(table<std::string, std::string>({
        {R"(["C:foo"])", R"(an absolute path such as C:\Users\me)"},
        {R"(["/home/bob"])", R"(an absolute path such as C:\Users\me)"},
        {R"(["\\Users"])", R"(an absolute path such as C:\Users\me)"},
        {R"(["\\\\server\\share"])", "a directory of another machine"},
        {R"(["C:\\x","c:/X/"])", "is already in the list"},
    }));
    CAPTURE(list);
    const auto problems = problems_for_bob(R"({"shares":)" + list + "}");
    REQUIRE(problems.size() == 1);
    CHECK_THAT(problems.front(), Catch::Contains(part));
}

TEST_CASE("a setting that names a file takes Windows' paths there, and nowhere else")
{
    const std::string text = R"({"vm":{"image":"D:/images"}})";
    const auto loaded = load(bob(), file_text{"gangway.json", text}, {});
    CHECK(loaded.values.vm.image == R"(D:\images)");
    CHECK(problems_for_bob(R"({"vm":{"image":"/images"}})").size() == 1);
    CHECK(problems_for_alice(text).size() == 1);
}
