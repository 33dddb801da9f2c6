// What clients on Windows name that cannot be mounted, and what is no path although it looks like
// one.
#include "windows_scene.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace proxy;
using config::path_dialect;

namespace {

std::string refusal_of(const std::string& source)
{
    try {
        return "accepted as " + windows_rules().translate(source);
    } catch (const path_not_shared& error) {
        return error.what();
    }
}

}  // namespace

TEST_CASE("what cannot be in the VM is refused in words that help")
{
    const auto [source, part] = GENERATE(table<std::string, std::string>({
        {R"(C:\Windows)", R"(C:\Windows is not shared)"},
        {R"(C:\Users\Me2)", R"(C:\Users\Me2 is not shared)"},
        {R"(C:\Users\Me\..\You)", R"(add it to "shares" in gangway.json)"},
        {R"(C:\Users\Me\Link-Out\x)", R"((which is C:\Windows\x))"},
        {R"(Z:\x)", R"(which is \\nas\home\me)"},
        {R"(\\server\share\x)", R"(\\server\share\x is on a file server)"},
        {"//server/share", "//server/share is on a file server"},
        {R"(\\?\UNC\server\share\x)", "is on a file server"},
        {"C:foo", R"(C:foo is relative to where the shell is on drive C:)"},
        {"C:", "C: is relative"},
        {R"(\Users\me)", R"(such as C:\Users\me)"},
        {R"(\\.\pipe\other)", R"(no pipe but Docker's own (\\.\pipe\docker_engine))"},
        {R"(\\.\PhysicalDrive0)", "is a device of this machine"},
        {"/home/me", "/home/me is no path of Windows"},
        {"/mnt/c/Users/me", "such as C:\\Users\\me or /c/Users/me"},
        {"/etc/localtime", "/etc/localtime is no path of Windows"},
    }));
    CAPTURE(source);
    CHECK_THAT(
        refusal_of(source),
        Catch::Contains(part) &&
            Catch::Contains(
                R"(shared are C:\users\me, C:\Users\Me\Src\Archive:ro, D:\:ro, D:\Moved)"
            )
    );
}

TEST_CASE("what Git Bash has made of a path is told with the way around it")
{
    const auto [source, part] = GENERATE(table<std::string, std::string>({
        {"C:/Program Files/Git/var/run/docker.sock", "two slashes: //var/run/docker.sock"},
        {R"(C:\Program Files\Git\var\run\docker.sock)", "makes of /var/run/docker.sock"},
        {R"(c:\program files (x86)\git\proc)", "two slashes: //proc"},
        {R"(C:\Users\Me\AppData\Local\Programs\Git\sys\fs\cgroup)", "//sys/fs/cgroup"},
        {R"(C:\Users\Me\scoop\apps\git\current\dev\fuse)", "//dev/fuse"},
        {R"(C:\msys64\home\me)", "//home/me"},
        {"C:/Program Files/Git/", "makes of /;"},
        {R"(\\var\run\docker.sock)", "two slashes: //var/run/docker.sock"},
        {R"(C:\Users\Me\src;C:\Program Files\Git\dst)", "SOURCE:TARGET"},
        {"C:/Users/Me/src;C:/Program Files/Git/dst", "SOURCE:TARGET"},
        {R"(C:\Users\Me\src;C)", "SOURCE:TARGET"},
        {R"(cache;C:\Program Files\Git\dst)", "SOURCE:TARGET"},
    }));
    CAPTURE(source);
    CHECK_THAT(
        refusal_of(source),
        Catch::StartsWith(source) && Catch::Contains(part) && Catch::Contains("MSYS_NO_PATHCONV=1")
    );
    // As a bind, with a target of its own or the one that was mangled with it.
    const auto body = with_path(R"({"HostConfig":{"Binds":["@:/w:ro"]}})", source);
    CHECK_THROWS_WITH(
        translate_paths(
            names_paths::container, body, translation_by(windows_rules()), path_dialect::windows
        ),
        Catch::Contains("MSYS_NO_PATHCONV=1")
    );
}

TEST_CASE("a source and its target that Git Bash has joined are told as one bind")
{
    const std::string bind = GENERATE(
        as<std::string>(),
        R"(C:\\Users\\Me;C:\\Program Files\\Git\\dst)",
        R"(C:\\Users\\Me;C:\\Program Files\\Git\\dst;ro)",
        "C:/Users/Me;C:/Program Files/Git/dst:ro",
        R"(cache;C:\\Program Files\\Git\\dst)"
    );
    CHECK_THROWS_WITH(
        translate_paths(
            names_paths::container,
            R"({"Binds":[")" + bind + R"("]})",
            translation_by(windows_rules()),
            path_dialect::windows
        ),
        Catch::Contains("SOURCE:TARGET")
    );
}

TEST_CASE("who shares the shell's own directory can mount what is in it")
{
    const bind_rules own(
        {config::placed_in_guest({R"(C:\msys64\home)"})},
        {},
        [](const std::string& path) { return path; },
        path_dialect::windows
    );
    CHECK(own.translate(R"(C:\msys64\home\me)") == "/c/msys64/home/me");
    CHECK_THROWS_AS(own.translate(R"(C:\msys64\proc)"), path_not_shared);
}

TEST_CASE("a semicolon in a name is no list")
{
    const bind_rules own(
        {config::placed_in_guest({"C:\\"})},
        {},
        [](const std::string& path) { return path; },
        path_dialect::windows
    );
    const auto changed = translate_paths(
        names_paths::container,
        R"({"Binds":["C:\\a;b\\c:/w","C:\\a;bc:/w"]})",
        translation_by(own),
        path_dialect::windows
    );
    CHECK(changed == R"({"Binds":["/c/a;b/c:/w","/c/a;bc:/w"]})");
}

TEST_CASE("a bind of one letter is a volume unless a target follows what begins like a path")
{
    const auto [bind, after] = GENERATE(table<std::string, std::string>({
        {"v:/data", ""},
        {"v:/data:ro", ""},
        {"/data", ""},
        {R"(C:\\users\\me)", ""},
        {"d:/data:/w", "/d/Data:/w"},
        {"d:/data:/w:ro", "/d/Data:/w:ro"},
        {R"(d:\\data:/w)", "/d/Data:/w"},
    }));
    CAPTURE(bind);
    const auto before = R"({"Binds":[")" + bind + R"("]})";
    const auto changed = translate_paths(
        names_paths::container, before, translation_by(windows_rules()), path_dialect::windows
    );
    CHECK(changed.has_value() == !after.empty());
    if (changed) CHECK(*changed == R"({"Binds":[")" + after + R"("]})");
}

TEST_CASE("things can be made in a share of Windows that is writable")
{
    const auto known = windows_rules();
    CHECK(known.is_writable(R"(C:\Users\ME\new)"));
    CHECK_FALSE(known.is_writable(R"(c:\users\me\src\archive\x)"));
    CHECK_FALSE(known.is_writable(R"(D:\x)"));
    CHECK(known.is_writable(R"(D:\moved\x)"));
    CHECK_FALSE(known.is_writable(R"(C:\Windows)"));
    CHECK_FALSE(known.is_writable("/proc"));
    CHECK_FALSE(known.is_writable("cache"));
}

TEST_CASE("without shares every path of Windows is refused")
{
    const bind_rules none({}, {}, real_path, path_dialect::windows);
    CHECK(none.translate("cache") == "cache");
    CHECK(none.translate("/proc") == "/proc");
    CHECK_THROWS_WITH(none.translate("C:foo"), Catch::Contains("shared is nothing"));
}
