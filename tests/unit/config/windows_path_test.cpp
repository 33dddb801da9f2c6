// What Windows' programs write for a path, and how the guest has it.
#include "config/windows_path.hpp"

#include <catch2/catch.hpp>

#include <random>
#include <string>
#include <vector>

using namespace config;
using kind = windows_path::kind;

TEST_CASE("a path on a drive has one spelling, however it is written")
{
    const auto [written, text] = GENERATE(table<std::string, std::string>({
        {R"(C:\Users\me\x)", R"(C:\Users\me\x)"},
        {"C:/Users/me/x", R"(C:\Users\me\x)"},
        {R"(c:\Users/me\x)", R"(C:\Users\me\x)"},
        {"/c/Users/me/x", R"(C:\Users\me\x)"},
        {"/C/Users/me/x", R"(C:\Users\me\x)"},
        {"//c/Users/me/x", R"(C:\Users\me\x)"},
        {R"(\\?\C:\Users\me\x)", R"(C:\Users\me\x)"},
        {"//?/c:/Users/me/x", R"(C:\Users\me\x)"},
        {R"(\\.\C:\Users\me\x)", R"(C:\Users\me\x)"},
        {R"(C:\Users\\me\.\y\..\x\)", R"(C:\Users\me\x)"},
        {"/./c/Users/me/x/", R"(C:\Users\me\x)"},
        {R"(C:\..\x)", R"(C:\x)"},
        {"C:\\", "C:\\"},
        {"c:/", "C:\\"},
        {"/c", "C:\\"},
        {"/c/", "C:\\"},
        {"//c", "C:\\"},
        {R"(\\?\C:\)", "C:\\"},
    }));
    CAPTURE(written);
    const auto path = read_windows_path(written);
    CHECK(path.is == kind::on_drive);
    CHECK(path.text == text);
    CHECK(is_on_drive(path.text));
    CHECK(read_windows_path(path.text).text == text);
}

TEST_CASE("what is on no drive is told apart")
{
    const auto [written, is, text] = GENERATE(table<std::string, kind, std::string>({
        {"", kind::none, ""},
        {"cache", kind::none, "cache"},
        {"c", kind::none, "c"},
        {"./x", kind::none, "./x"},
        {R"(..\x)", kind::none, R"(..\x)"},
        {"npipe:cache", kind::none, "npipe:cache"},
        {"C:", kind::drive_relative, "C:"},
        {"c:foo", kind::drive_relative, "c:foo"},
        {R"(\Users\me)", kind::rooted, R"(\Users\me)"},
        {R"(\\server\share\x)", kind::on_server, R"(\\server\share\x)"},
        {"//server/share", kind::on_server, "//server/share"},
        {R"(\\?\UNC\server\share\x)", kind::on_server, R"(\\?\UNC\server\share\x)"},
        {R"(\\var\run\docker.sock)", kind::on_server, R"(\\var\run\docker.sock)"},
        {R"(\\.\pipe\docker_engine)", kind::pipe, "docker_engine"},
        {"//./PIPE/docker_engine", kind::pipe, "docker_engine"},
        {"npipe:////./pipe/docker_engine", kind::pipe, "docker_engine"},
        {R"(\\.\PhysicalDrive0)", kind::device, R"(\\.\PhysicalDrive0)"},
        {R"(\\?\Volume{1}\x)", kind::device, R"(\\?\Volume{1}\x)"},
        {"/", kind::unix_path, "/"},
        {"/proc", kind::unix_path, "/proc"},
        {"//proc", kind::unix_path, "/proc"},
        {"//var/run/docker.sock", kind::unix_path, "/var/run/docker.sock"},
        {"//dev/fuse", kind::unix_path, "/dev/fuse"},
        {"/home/me/", kind::unix_path, "/home/me"},
        {"/cc/x", kind::unix_path, "/cc/x"},
    }));
    CAPTURE(written);
    const auto path = read_windows_path(written);
    CHECK(path.is == is);
    CHECK(path.text == text);
}

TEST_CASE("the guest has one form of a path on a drive")
{
    CHECK(guest_form(R"(C:\Users\me\x y)") == "/c/Users/me/x y");
    CHECK(guest_form("D:\\") == "/d");
}

TEST_CASE("what begins with a place of the guest is written as Windows does, up to a colon")
{
    CHECK(host_form("/c/Users/me/x/y", "/c/Users/me", R"(C:\Users\me)") == R"(C:\Users\me\x\y)");
    CHECK(host_form("/c/Users/me", "/c/Users/me", R"(C:\Users\me)") == R"(C:\Users\me)");
    CHECK(host_form("/d/x:/d/x:ro", "/d", "D:\\") == R"(D:\x:/d/x:ro)");
    CHECK(host_form("/d:/d", "/d", "D:\\") == "D:\\:/d");
}

TEST_CASE("a path lies within a directory whatever the case of its letters")
{
    CHECK(is_within_on_windows(R"(C:\users\ME\x)", R"(C:\Users\me)"));
    CHECK(is_within_on_windows(R"(C:\Users\me)", R"(C:\Users\me)"));
    CHECK(is_within_on_windows(R"(C:\Users)", "C:\\"));
    CHECK_FALSE(is_within_on_windows(R"(C:\Users\me2)", R"(C:\Users\me)"));
    CHECK_FALSE(is_within_on_windows(R"(C:\Users)", R"(C:\Users\me)"));
    CHECK_FALSE(is_within_on_windows(R"(D:\Users)", "C:\\"));
}

TEST_CASE("every path on a drive goes to the guest's form and back")
{
    std::mt19937 random(5);
    const std::vector<std::string> names = {
        "Users", "me", "a b", "\xC3\xA9", "x.y", "c", "Program Files"};
    for (int round = 0; round < 1000; ++round) {
        const char drive = static_cast<char>('A' + random() % 26);
        std::string path = {drive, ':', '\\'};
        for (auto depth = random() % 5; depth > 0; --depth)
            path += (path.ends_with('\\') ? "" : "\\") + names[random() % names.size()];
        CAPTURE(path);
        CHECK(read_windows_path(path).text == path);
        CHECK(read_windows_path(guest_form(path)).text == path);
        CHECK(read_windows_path(R"(\\?\)" + path).text == path);
        const auto top = path.substr(0, 3);
        CHECK(host_form(guest_form(path), guest_form(top), top) == path);
    }
}
