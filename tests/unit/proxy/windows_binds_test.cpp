// Sources of mounts as clients on Windows name them, in every field, there and back.
// docs/windows-paths.md has a row for each.
#include "proxy/answer_paths.hpp"
#include "proxy/bind_request.hpp"
#include "proxy/bind_rules.hpp"
#include "windows_disk.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

using namespace proxy;
using config::path_dialect;
using nlohmann::json;

namespace {

bind_rules rules()
{
    std::vector<config::share> shares;
    for (const auto& [path, writable] : std::vector<std::pair<std::string, bool>>{
             {R"(C:\users\me)", true},
             {R"(C:\Users\Me\Src\Archive)", false},
             {R"(D:\)", false},
             {R"(D:\Moved)", true},
         })
        shares.push_back(config::placed_in_guest({path, writable}));
    return {
        std::move(shares),
        {"//./pipe/gangway", R"(C:\Users\Me\docker.sock)"},
        [disk = windows_disk()](const std::string& path) { return disk.real(path); },
        path_dialect::windows};
}

std::string refusal_of(const std::string& source)
{
    try {
        return "accepted as " + rules().translate(source);
    } catch (const path_not_shared& error) {
        return error.what();
    }
}

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

// "@" stands for the path, already quoted.
std::string with(std::string body, const std::string& path)
{
    const auto quoted = json(path).dump();
    const auto inner = quoted.substr(1, quoted.size() - 2);
    for (auto at = body.find('@'); at != std::string::npos; at = body.find('@', at + inner.size()))
        body.replace(at, 1, inner);
    return body;
}

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

path_translation translation(const bind_rules& rules)
{
    return [&rules](const std::string& source, missing_source) { return rules.translate(source); };
}

path_restoration restoration(const bind_rules& rules)
{
    return [&rules](const std::string& told) { return rules.restore(told); };
}

}  // namespace

TEST_CASE("every form of a path in every field becomes the guest's one form")
{
    const auto known = rules();
    for (const auto& [written, there, back] : forms) {
        for (const auto& [what, body] : requests) {
            const auto before = with(body, written);
            CAPTURE(before);
            const auto changed =
                translate_paths(what, before, translation(known), path_dialect::windows);
            CHECK(changed.value_or(before) == with(body, there));
            // Nothing that stays is written anew.
            CHECK(changed.has_value() == (written != there));
        }
    }
}

TEST_CASE("every answer shows the path as Windows does")
{
    const auto known = rules();
    for (const auto& [written, there, back] : forms) {
        for (const auto& answer : answers) {
            const auto told = with(answer, there);
            CAPTURE(told);
            const auto changed = restore_sources(told, restoration(known));
            CHECK(changed.value_or(told) == with(answer, back));
            CHECK(changed.has_value() == (there != back));
        }
    }
}

TEST_CASE("what an answer shows is translated to what the engine has, and that shown the same")
{
    const auto known = rules();
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
    CHECK_FALSE(restore_sources(told, restoration(rules())));
}

TEST_CASE("an error's message has the path that the client knows")
{
    const auto known = rules();
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
    const auto body = with(R"({"HostConfig":{"Binds":["@:/w:ro"]}})", source);
    CHECK_THROWS_WITH(
        translate_paths(names_paths::container, body, translation(rules()), path_dialect::windows),
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
            translation(rules()),
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
        translation(own),
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
        names_paths::container, before, translation(rules()), path_dialect::windows
    );
    CHECK(changed.has_value() == !after.empty());
    if (changed) CHECK(*changed == R"({"Binds":[")" + after + R"("]})");
}

TEST_CASE("things can be made in a share of Windows that is writable")
{
    const auto known = rules();
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
        const auto body = with(R"({"HostConfig":{"Binds":["@:/w:ro"]}})", written);
        const auto changed =
            translate_paths(names_paths::container, body, translation(some), path_dialect::windows);
        const auto engines = changed.value_or(body);
        CHECK(engines == with(R"({"HostConfig":{"Binds":["@:/w:ro"]}})", there));
        CHECK(
            restore_sources(engines, restoration(some)) ==
            with(R"({"HostConfig":{"Binds":["@:/w:ro"]}})", path)
        );
    }
}
