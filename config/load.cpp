// Takes the file's settings, then those of the instance, then the command line's, then checks what
// concerns more than one setting; and sees whether the file's other instances can be loaded as
// well.
#include "config/load.hpp"

#include "config/defaults.hpp"
#include "config/file_settings.hpp"
#include "config/host_path.hpp"
#include "config/instance_clash.hpp"
#include "config/table.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>
#include <utility>

namespace config {
namespace {

constexpr std::string_view by_default = "default";

// sun_path holds 108 bytes on Linux, with the terminating zero.
constexpr std::size_t longest_socket_path = 107;

class loading {
public:
    loading(const environment& where, overrides flags) : where_(where), flags_(std::move(flags))
    {
        const auto name = instance();
        const bool usable = is_instance_name(name);
        if (!usable)
            complain({}, "--instance", std::string(instance_name_rule) + "; not " + describe(name));
        result_.values = defaults(where, usable ? name : std::string(by_default));
        for (const auto& row : table()) result_.origins[std::string(row.path)] = by_default;
    }

    std::string instance() const { return flags_.instance.value_or("default"); }

    void take(const file_settings& file)
    {
        problems_.insert(problems_.end(), file.problems.begin(), file.problems.end());
        take(file.common);
        for (const auto& each : file.instances) {
            result_.named_instances.push_back(each.name);
            if (each.name == instance()) take(each.statements);
        }
    }

    void take_flags()
    {
        if (!flags_.listen.empty()) take_flag("--listen", "docker.listen", flags_.listen);
        if (flags_.engine == "vm") {
            result_.values.remote_engine.reset();
            for (const auto* const path : {"engine.remote", "engine.tls_dir"})
                result_.origins[path] = by_default;
            result_.origins["engine.remote"] = "--engine";
            forced_vm_ = true;
        } else if (flags_.engine) {
            const auto known = problems_.size();
            take_flag("--engine", "engine.remote", *flags_.engine);
            if (problems_.size() > known) problems_.back().what += "; vm stands for the VM";
        }
        if (flags_.tls_dir) take_flag("--tls-dir", "engine.tls_dir", from_here(*flags_.tls_dir));
        if (flags_.control) take_flag("--control", "control.listen", *flags_.control);
        if (flags_.log_level) take_flag("--log-level", "log.level", *flags_.log_level);
    }

    // What follows from several settings together, and checks on values whatever their origin.
    void check()
    {
        auto& values = result_.values;
        if (origin("control.listen") == by_default)
            values.control.listen = default_control(where_, values.instance, values.docker);
        // Its paths are on another machine, unless somebody says otherwise.
        if (values.remote_engine && origin("shares") == by_default) values.shares.clear();
        check_places();
        check_sockets();
        check_remote();
    }

    const std::vector<problem>& problems() const { return problems_; }

    loaded result() && { return std::move(result_); }

private:
    void complain(std::string source, std::string where, std::string what)
    {
        problems_.push_back({std::move(source), std::move(where), std::move(what)});
    }

    void take(const std::vector<statement>& statements)
    {
        for (const auto& each : statements)
            if (each.setting)
                take_statement(each);
            else
                complain(each.source, each.place, each.wrong);
    }

    void take_statement(const statement& said)
    {
        const std::string path(said.setting->path);
        auto value = said.value;
        auto& former = given_[path];
        // What an instance says is added to an object of the common settings, and takes the place
        // of anything else.
        if (former.is_object() && value.is_object()) {
            former.update(value, true);
            value = former;
        }
        const auto wrong = said.setting->read(value, where_, result_.values);
        for (const auto& [element, what] : wrong) complain(said.source, said.place + element, what);
        if (wrong.empty())
            former = std::move(value);
        else
            refused_.insert(path);
        result_.origins[path] = said.source;
        places_[path] = said.place;
    }

    void take_flag(const std::string& flag, std::string_view path, const json& value)
    {
        const auto wrong = find_row(path)->read(value, where_, result_.values);
        for (const auto& [element, what] : wrong) complain({}, flag, what);
        if (!wrong.empty()) refused_.insert(std::string(path));
        result_.origins[std::string(path)] = flag;
    }

    // Paths on the command line may be relative.
    std::string from_here(const std::string& path) const
    {
        if (path.empty() || path.starts_with("~/")) return path;
        return (where_.working_directory / path).lexically_normal().string();
    }

    const std::string& origin(std::string_view path) const
    {
        return result_.origins.find(path)->second;
    }

    // A problem of the setting at `path`, attributed to wherever its value came from.
    void complain_about(std::string_view path, const std::string& element, std::string what)
    {
        const auto& from = origin(path);
        const bool flag = from.starts_with("--");
        const bool in_file = !flag && from != by_default;
        const auto place = in_file ? places_.find(path)->second : std::string(path);
        complain(in_file ? from : std::string(), flag ? from : place + element, std::move(what));
    }

    bool is_absolute(const std::filesystem::path& path) const
    {
        return absolute_path(path.string(), where_.paths).has_value();
    }

    void check_places()
    {
        const auto& values = result_.values;
        const auto* const control = std::get_if<unix_endpoint>(&values.control.listen);
        const std::pair<std::string_view, bool> absolute[] = {
            {"state_dir", is_absolute(values.state_dir)},
            {"control.listen", !control || is_absolute(control->path)},
            {"vm.image", is_absolute(values.vm.image)},
        };
        for (const auto& [path, is_absolute] : absolute)
            if (!is_absolute)
                complain_about(
                    path, {}, "has no default without a home directory: set HOME, or set it"
                );
    }

    void check_socket(
        std::string_view path, const std::string& element, const unix_endpoint& socket
    )
    {
        const auto size = socket.path.native().size();
        if (size > longest_socket_path)
            complain_about(
                path,
                element,
                "has a path of " + std::to_string(size) + " bytes, and the system allows at most " +
                    std::to_string(longest_socket_path) + " for a socket; choose a shorter one"
            );
    }

    void check_sockets()
    {
        const auto& values = result_.values;
        for (std::size_t index = 0; index < values.docker.listen.size(); ++index) {
            if (to_string(values.docker.listen[index]) == to_string(values.control.listen))
                complain_about(
                    "control.listen", {}, "is also in docker.listen; each needs a path of its own"
                );
            const auto* const socket = std::get_if<unix_endpoint>(&values.docker.listen[index]);
            if (!socket) continue;
            if (values.remote_engine && values.remote_engine->endpoint == engine_endpoint(*socket))
                complain_about(
                    "engine.remote", {}, "is also in docker.listen: the daemon would call itself"
                );
            check_socket("docker.listen", "[" + std::to_string(index) + "]", *socket);
        }
        if (const auto* const control = std::get_if<unix_endpoint>(&values.control.listen))
            check_socket("control.listen", {}, *control);
        if (values.remote_engine)
            if (const auto* const socket =
                    std::get_if<unix_endpoint>(&values.remote_engine->endpoint))
                check_socket("engine.remote", {}, *socket);
    }

    void check_remote()
    {
        const auto& remote = result_.values.remote_engine;
        if (!remote || !remote->tls_dir || refused_.contains("engine.remote")) return;
        if (forced_vm_ || origin("engine.remote") == by_default)
            complain_about(
                "engine.tls_dir",
                {},
                "has no use without an engine: set engine.remote or --engine tcp://HOST:PORT"
            );
        else if (std::holds_alternative<unix_endpoint>(remote->endpoint))
            complain_about(
                "engine.tls_dir",
                {},
                "has no use with an engine on a Unix socket; TLS is for tcp://HOST:PORT"
            );
        else if (std::holds_alternative<ssh_endpoint>(remote->endpoint))
            complain_about(
                "engine.tls_dir",
                {},
                "has no use with an engine behind ssh, which encrypts by itself; TLS is for "
                "tcp://HOST:PORT"
            );
    }

    const environment& where_;
    overrides flags_;
    loaded result_;
    std::map<std::string, json, std::less<>> given_;          // by the file, and right
    std::map<std::string, std::string, std::less<>> places_;  // in the file
    std::vector<problem> problems_;
    std::set<std::string, std::less<>> refused_;  // settings whose value was wrong
    bool forced_vm_ = false;                      // --engine vm
};

loading load_one(const environment& where, const file_settings& file, const overrides& flags)
{
    loading one(where, flags);
    one.take(file);
    one.take_flags();
    one.check();
    return one;
}

// What `file` makes of the others: of those that it names, and of the default one.
std::vector<loading> load_others(
    const environment& where, const file_settings& file, const std::string& started
)
{
    // What is wrong with the rest of the file has been said.
    auto sound = file;
    sound.problems.clear();
    std::erase_if(sound.common, [](const statement& each) { return !each.setting; });
    std::vector<std::string> names;
    for (const auto& each : file.instances) names.push_back(each.name);
    if (std::ranges::find(names, "default") == names.end()) names.emplace_back("default");
    std::erase(names, started);
    std::vector<loading> others;
    for (const auto& name : names) {
        overrides only_it;
        only_it.instance = name;
        others.push_back(load_one(where, sound, only_it));
    }
    return others;
}

}  // namespace

loaded load(const environment& where, const std::optional<file_text>& file, const overrides& flags)
{
    const auto said = file ? read_settings(*file) : file_settings();
    auto one = load_one(where, said, flags);
    auto problems = one.problems();
    std::vector<loading> others;
    if (!said.instances.empty()) others = load_others(where, said, one.instance());
    for (const auto& other : others)
        for (const auto& each : other.problems())
            if (each.where.starts_with(place_of(other.instance()) + ".")) problems.push_back(each);
    if (!problems.empty()) throw config_error(std::move(problems));

    std::vector<loaded> all;
    all.reserve(others.size() + 1);
    for (auto& other : others) all.push_back(std::move(other).result());
    all.push_back(std::move(one).result());
    if (auto clashes = clashes_between(all); !clashes.empty())
        throw config_error(std::move(clashes));
    return std::move(all.back());
}

}  // namespace config
