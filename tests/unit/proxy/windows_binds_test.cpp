// Sources of mounts as clients on Windows name them, in every field, there and back.
// docs/windows-paths.md has a row for each.
#include "proxy/answer_paths.hpp"
#include "proxy/bind_request.hpp"
#include "proxy/bind_rules.hpp"
#include "windows_scene.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

using namespace proxy;
using config::path_dialect;

namespace {

// What the engine gets and what the client is told.
struct form {
    std::string written;
    std::string there;
    std::string back;
};

const std::vector<form> forms = {
    {R"(C:\users\me\x)", "/c/users/me/x", R"(C:\users\me\x)"},
    {"C:/users/me/x", "/c/users/me/x", R"(C:\users\me\x)"},
    {R"(c:\users\me\x)", "/c/users/me/x", R"(C:\users\me\x)"},
    {"/c/users/me/x", "/c/users/me/x", R"(C:\users\me\x)"},
    {"//c/users/me/x", "/c/users/me/x", R"(C:\users\me\x)"},
    {R"(\\?\C:\users\me\x)", "/c/users/me/x", R"(C:\users\me\x)"},
    {"//?/C:/users/me/x", "/c/users/me/x", R"(C:\users\me\x)"},
    // In the letters of the disk.
    {R"(C:\USERS\ME\SRC\New)", "/c/users/me/Src/New", R"(C:\users\me\Src\New)"},
    {R"(C:\Users\Me\STRAßE\a)", "/c/users/me/Straße/a", R"(C:\users\me\Straße\a)"},
    // Links are followed here.
    {R"(C:\Users\Me\Link-In\a)", "/c/users/me/Src/a", R"(C:\users\me\Src\a)"},
    {R"(C:\work\a)", "/c/users/me/Src/a", R"(C:\users\me\Src\a)"},
    {R"(D:\moved\a)", "/d/Moved/a", R"(D:\Moved\a)"},
    {R"(E:\BIG\a)", "/d/Moved/a", R"(D:\Moved\a)"},
    // A whole drive.
    {"D:\\", "/d", "D:\\"},
    {"D:/data/a b", "/d/Data/a b", R"(D:\Data\a b)"},
    // Docker's own socket.
    {R"(\\.\pipe\docker_engine)", "/var/run/docker.sock", "/var/run/docker.sock"},
    {"//./pipe/docker_engine", "/var/run/docker.sock", "/var/run/docker.sock"},
    {"npipe:////./pipe/docker_engine", "/var/run/docker.sock", "/var/run/docker.sock"},
    {R"(\\.\pipe\Gangway)", "/var/run/docker.sock", "/var/run/docker.sock"},
    {R"(c:\users\me\docker.sock)", "/var/run/docker.sock", "/var/run/docker.sock"},
    {"/var/run/docker.sock", "/var/run/docker.sock", "/var/run/docker.sock"},
    {"//var/run/docker.sock", "/var/run/docker.sock", "/var/run/docker.sock"},
    {"/run/docker.sock", "/var/run/docker.sock", "/var/run/docker.sock"},
    // The engine's machine.
    {"/proc", "/proc", "/proc"},
    {"//proc", "/proc", "/proc"},
    {"//sys/fs/cgroup", "/sys/fs/cgroup", "/sys/fs/cgroup"},
    {"/", "/", "/"},
    // Volumes, and what the engine has words of its own for.
    {"cache", "cache", "cache"},
    {"./x", "./x", "./x"},
    {R"(..\x)", R"(..\x)", R"(..\x)"},
};

struct field {
    names_paths what;
    std::string body;
};

const std::vector<field> requests = {
    {names_paths::container, R"({"HostConfig":{"Binds":["@:/w"]},"Image":"/c/users/me"})"},
    {names_paths::container, R"({"HostConfig":{"Binds":["@:/w:ro"]}})"},
    {names_paths::container, R"({"HostConfig":{"Binds":["@:/c/users/me/x:rw,z,rshared"]}})"},
    {names_paths::container, R"({"hostconfig":{"binds":["v:/data","@:/w:cached"]}})"},
    {names_paths::container, R"({"Binds":["@:/w"],"Cmd":["C:\\users\\me"]})"},
    {names_paths::container,
     R"({"HostConfig":{"Mounts":[{"Type":"bind","Source":"@","Target":"/w"}]}})"},
    {names_paths::container,
     R"({"HostConfig":{"Mounts":[{"Type":"volume","VolumeOptions":{"DriverConfig":
        {"Name":"local","Options":{"type":"none","o":"bind","device":"@"}}}}]}})"},
    {names_paths::host_config, R"({"Binds":["@:/w"]})"},
    {names_paths::volume,
     R"({"Name":"v","DriverOpts":{"type":"none","o":"rw,bind","device":"@"}})"},
    {names_paths::service,
     R"({"TaskTemplate":{"ContainerSpec":{"Mounts":[{"Type":"bind","Source":"@"}]}}})"},
    {names_paths::plugin, R"(["DEBUG=1","data.source=@"])"},
};

const std::vector<std::string> answers = {
    R"({"HostConfig":{"Binds":["@:/w:ro","v:/data"],"Mounts":[{"Type":"bind","Source":"@"}]},
        "Mounts":[{"Type":"bind","Source":"@","Destination":"/c/users/me/x","RW":true}]})",
    R"([{"Id":"a","Mounts":[{"Source":"@"}]},{"Id":"b","Mounts":[]}])",
    R"({"Volumes":{"/w":"@"},"VolumesRW":{"/w":true}})",
    R"({"Name":"v","Driver":"local","Options":{"device":"@","o":"bind"},"Labels":null})",
    R"({"Volumes":[{"Options":{"device":"@"}}],"Containers":[{"Mounts":[{"Source":"@"}]}]})",
    R"([{"Spec":{"TaskTemplate":{"ContainerSpec":{"Mounts":[{"Source":"@"}]}}},
         "PreviousSpec":{"TaskTemplate":{"ContainerSpec":{"Mounts":[{"Source":"@",
         "VolumeOptions":{"DriverConfig":{"Options":{"device":"@"}}}}]}}}}])",
    R"({"Settings":{"Mounts":[{"Name":"data","Source":"@"}]}})",
};

path_restoration restoration(const bind_rules& rules)
{
    return [&rules](const std::string& told) { return rules.restore(told); };
}

}  // namespace

TEST_CASE("every form of a path in every field becomes the guest's one form")
{
    const auto known = windows_rules();
    for (const auto& [written, there, back] : forms) {
        for (const auto& [what, body] : requests) {
            const auto before = with_path(body, written);
            CAPTURE(before);
            const auto changed =
                translate_paths(what, before, translation_by(known), path_dialect::windows);
            CHECK(changed.value_or(before) == with_path(body, there));
            // Nothing that stays is written anew.
            CHECK(changed.has_value() == (written != there));
        }
    }
}

TEST_CASE("every answer shows the path as Windows does")
{
    const auto known = windows_rules();
    for (const auto& [written, there, back] : forms) {
        for (const auto& answer : answers) {
            const auto told = with_path(answer, there);
            CAPTURE(told);
            const auto changed = restore_sources(told, restoration(known));
            CHECK(changed.value_or(told) == with_path(answer, back));
            CHECK(changed.has_value() == (there != back));
        }
    }
}

TEST_CASE("what an answer shows is translated to what the engine has, and that shown the same")
{
    const auto known = windows_rules();
    for (const auto& [written, there, back] : forms) {
        CAPTURE(written);
        CHECK(known.translate(back) == there);
        CHECK(known.restore(known.translate(back)) == back);
    }
}

TEST_CASE("paths of a container are left alone, whatever they look like")
{
    const std::string told = R"({"Path":"/c/users/me/run","Args":["/c/users/me"],"Config":{"Env":
        ["X=/c/users/me"],"WorkingDir":"/c/users/me","Volumes":{"/c/users/me":{}},"Labels":
        {"device":"/c/users/me","Binds":"/c/users/me"}},"Mounts":[{"Destination":"/c/users/me"}]})";
    CHECK_FALSE(restore_sources(told, restoration(windows_rules())));
}

TEST_CASE("an error's message has the path that the client knows")
{
    const auto known = windows_rules();
    const auto [told, shown] = GENERATE(table<std::string, std::string>({
        {R"({"message":"bind source path does not exist: /c/users/me/x"})",
         R"({"message":"bind source path does not exist: C:\\users\\me\\x"})"},
        {R"({"message":"mount /c/users/me/x:/var/lib/docker/volumes/v: no such \"/d\", '/c/users'"})",
         R"({"message":"mount C:\\users\\me\\x:/var/lib/docker/volumes/v: no such \"D:\\\", '/c/users'"})"},
    }));
    CHECK(restore_sources(told, restoration(known)) == shown);
    CHECK_FALSE(restore_sources(R"({"message":"no"})", restoration(known)));
    CHECK_FALSE(restore_sources(R"({"Message":["/c/users/me"]})", restoration(known)));
}

TEST_CASE("a mount of a pipe is one of the engine's socket, which is no pipe")
{
    const auto before =
        R"({"HostConfig":{"Mounts":[{"Type":"npipe","Source":"\\\\.\\pipe\\docker_engine","Target":"/s"}]}})";
    const auto after =
        R"({"HostConfig":{"Mounts":[{"Type":"bind","Source":"/var/run/docker.sock","Target":"/s"}]}})";
    const auto known = windows_rules();
    CHECK(
        translate_paths(
            names_paths::container, before, translation_by(known), path_dialect::windows
        ) == after
    );
    CHECK_FALSE(translate_paths(names_paths::container, before, translation_by(known)));
}

TEST_CASE("every path of Windows that is accepted comes back as the disk has it")
{
    std::mt19937 random(13);
    const auto pick = [&random](const auto& list) { return list[random() % list.size()]; };
    const std::vector<std::string> tops = {
        "C:\\", R"(C:\Users)", R"(C:\Users\me)", "D:\\", R"(D:\a b)", R"(X:\y)"};
    const std::vector<std::string> names = {
        "Users", "me", "a b", "\xC3\xA9", "y", "c", "x;y", "Program Files", "..."};
    for (int round = 0; round < 3000; ++round) {
        std::vector<config::share> shares;
        for (const auto& top : tops)
            if (random() % 2 == 0) shares.push_back(config::placed_in_guest({top}));
        const bind_rules some(
            shares, {}, [](const std::string& path) { return path; }, path_dialect::windows
        );
        std::string path = std::string(1, pick(std::string("CDX"))) + ":";
        for (auto depth = random() % 4 + 1; depth > 0; --depth) path += "\\" + pick(names);
        auto slashes = path;
        std::replace(slashes.begin(), slashes.end(), '\\', '/');
        const auto written = pick(std::vector<std::string>{
            path,
            slashes,
            R"(\\?\)" + path,
            config::guest_form(path),
            "/" + config::guest_form(path),
            static_cast<char>(path[0] - 'A' + 'a') + path.substr(1)});
        CAPTURE(written);
        std::string there;
        try {
            there = some.translate(written);
        } catch (const path_not_shared&) {
            continue;
        }
        CHECK(there == config::guest_form(path));
        CHECK(some.restore(there) == path);
        CHECK(some.restore(there + ":/w:ro") == path + ":/w:ro");
        CHECK(some.translate(some.restore(there)) == there);
        const auto body = with_path(R"({"HostConfig":{"Binds":["@:/w:ro"]}})", written);
        const auto changed = translate_paths(
            names_paths::container, body, translation_by(some), path_dialect::windows
        );
        const auto engines = changed.value_or(body);
        CHECK(engines == with_path(R"({"HostConfig":{"Binds":["@:/w:ro"]}})", there));
        CHECK(
            restore_sources(engines, restoration(some)) ==
            with_path(R"({"HostConfig":{"Binds":["@:/w:ro"]}})", path)
        );
    }
}
