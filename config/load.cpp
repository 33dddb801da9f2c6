// Walks the configuration's tree along the table, then the command line, then checks what concerns
// more than one setting.
#include "config/load.hpp"

#include "config/defaults.hpp"
#include "config/document.hpp"
#include "config/suggest.hpp"
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
    loading(const environment& where, const overrides& flags) : where_(where), flags_(flags)
    {
        const auto instance = flags.instance.value_or("default");
        const bool usable = is_instance_name(instance);
        if (!usable)
            complain(
                {},
                "--instance",
                "must be up to 31 lower-case letters, digits and hyphens, not beginning with a "
                "hyphen and not \"images\", which is reserved; not " +
                    describe(instance)
            );
        result_.values = defaults(where, usable ? instance : "default");
        for (const auto& row : table()) result_.origins[std::string(row.path)] = by_default;
    }

    void take(const file_text& file)
    {
        json root;
        const auto parsed = parse_document(file.text, file.name, root);
        problems_ = append(std::move(problems_), parsed.problems);
        if (root.is_object())
            take_section(file.name, parsed, root, {});
        else if (parsed.is_complete)
            complain(file.name, {}, "must hold one object, { … }, not " + describe(root));
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
    loaded finish()
    {
        auto& values = result_.values;
        if (origin("control.listen") == by_default)
            values.control.listen = default_control(where_, values.instance, values.docker);
        // Its paths are on another machine, unless somebody says otherwise.
        if (values.remote_engine && origin("shares") == by_default) values.shares.clear();
        check_places();
        check_sockets();
        check_remote();
        if (!problems_.empty()) throw config_error(std::move(problems_));
        return std::move(result_);
    }

private:
    static std::vector<problem> append(std::vector<problem> to, const std::vector<problem>& more)
    {
        to.insert(to.end(), more.begin(), more.end());
        return to;
    }

    void complain(std::string source, std::string where, std::string what)
    {
        problems_.push_back({std::move(source), std::move(where), std::move(what)});
    }

    void take_section(
        const std::string& file,
        const document& parsed,
        const json& object,
        std::string_view section
    )
    {
        for (const auto& [name, value] : object.items()) {
            if (section.empty() && name == "$schema") continue;  // for editors
            const auto path = join(section, key_text(name));
            const auto source = position(parsed, file, path);
            // A dot in a name would make it look like a path.
            const bool plain = name.find('.') == std::string::npos;
            if (const auto* const row = plain ? find_row(path) : nullptr)
                take_value(*row, value, source, {});
            else if (!section.empty() || !plain || !is_section(name))
                complain(source, path, about_unknown(section, name));
            else if (!value.is_object())
                complain(source, path, "must be an object, { … }, not " + describe(value));
            else
                take_section(file, parsed, value, path);
        }
    }

    // `flag` is empty for a value from the file, which is spoken of by its path.
    void take_value(const row& row, const json& value, const std::string& source, std::string flag)
    {
        const std::string path(row.path);
        const auto wrong = row.read(value, where_, result_.values);
        for (const auto& [element, what] : wrong)
            complain(
                flag.empty() ? source : std::string(), flag.empty() ? path + element : flag, what
            );
        if (!wrong.empty()) refused_.insert(path);
        result_.origins[path] = flag.empty() ? source : flag;
    }

    void take_flag(const std::string& flag, std::string_view path, const json& value)
    {
        take_value(*find_row(path), value, {}, flag);
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
        complain(
            flag || from == by_default ? std::string() : from,
            flag ? from : std::string(path) + element,
            std::move(what)
        );
    }

    void check_places()
    {
        const auto& values = result_.values;
        const std::pair<std::string_view, bool> absolute[] = {
            {"state_dir", values.state_dir.is_absolute()},
            {"control.listen", values.control.listen.path.is_absolute()},
            {"vm.image", values.vm.image.is_absolute()},
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
            const auto* const socket = std::get_if<unix_endpoint>(&values.docker.listen[index]);
            if (!socket) continue;
            if (values.remote_engine && values.remote_engine->endpoint == engine_endpoint(*socket))
                complain_about(
                    "engine.remote", {}, "is also in docker.listen: the daemon would call itself"
                );
            check_socket("docker.listen", "[" + std::to_string(index) + "]", *socket);
            if (*socket == values.control.listen)
                complain_about(
                    "control.listen", {}, "is also in docker.listen; each needs a path of its own"
                );
        }
        check_socket("control.listen", {}, values.control.listen);
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
    const overrides& flags_;
    loaded result_;
    std::vector<problem> problems_;
    std::set<std::string, std::less<>> refused_;  // settings whose value was wrong
    bool forced_vm_ = false;                      // --engine vm
};

}  // namespace

loaded load(const environment& where, const std::optional<file_text>& file, const overrides& flags)
{
    loading loading(where, flags);
    if (file) loading.take(*file);
    loading.take_flags();
    return loading.finish();
}

}  // namespace config
