// Walks to the fields and collects the edits.
#include "proxy/bind_request.hpp"

#include "proxy/bind_source.hpp"
#include "proxy/json_tree.hpp"

#include <algorithm>
#include <vector>

namespace proxy {
namespace {

using kind = json_node::kind;

class walker {
public:
    walker(const path_translation& translate, config::path_dialect dialect)
        : translate_(translate), dialect_(dialect)
    {
    }

    void container(const json_node& body)
    {
        host_config(body);
        for (const auto* inner : members_named(body, "HostConfig")) host_config(*inner);
    }

    void host_config(const json_node& config)
    {
        for (const auto* binds : members_named(config, "Binds"))
            for (const auto& bind : binds->elements) take_bind(bind);
        mounts(config);
    }

    void volume(const json_node& body)
    {
        // Without a driver it is the local one.
        if (!is_local(body, "Driver")) return;
        for (const auto* options : members_named(body, "DriverOpts")) take_device(*options);
    }

    void service(const json_node& body)
    {
        for (const auto* task : members_named(body, "TaskTemplate"))
            for (const auto* spec : members_named(*task, "ContainerSpec")) mounts(*spec);
    }

    // Of a plugin's settings, each a string, those that say where one of its mounts comes from. The
    // engine makes no directory for it.
    void plugin(const json_node& settings)
    {
        constexpr std::string_view field = ".source";
        for (const auto& setting : settings.elements) {
            const auto equals = setting.text.find('=');
            if (setting.type != kind::string || equals == std::string::npos) continue;
            if (!std::string_view(setting.text).substr(0, equals).ends_with(field)) continue;
            const auto source = setting.text.substr(equals + 1);
            const auto other = translate_(source, missing_source::is_an_error);
            if (other != source) replace(setting, setting.text.substr(0, equals + 1) + other);
        }
    }

    // One of several values is enough for the engine.
    void filter(const json_node& filters)
    {
        for (const auto& [key, values] : filters.members) {
            if (key != "volume") continue;
            for (const auto& value : values.elements)
                if (value.type == kind::string) add_other(value.text, value.end, "");
            for (const auto& [value, set] : values.members) add_other(value, set.end, ":true");
        }
    }

    std::vector<json_edit> edits() && { return std::move(edits_); }

private:
    void add_other(const std::string& source, std::size_t behind, std::string_view set)
    {
        const auto other = translate_(source, missing_source::is_an_error);
        if (other == source) return;
        edits_.push_back({behind, behind, ("," + json_quoted(other)).append(set)});
    }

    void mounts(const json_node& owner)
    {
        for (const auto* list : members_named(owner, "Mounts"))
            for (const auto& mount : list->elements) take_mount(mount);
    }

    void take_mount(const json_node& mount)
    {
        if (has_text(mount, "Type", "bind"))
            for (const auto* source : members_named(mount, "Source"))
                take_path(*source, if_missing(mount));
        else if (dialect_ == config::path_dialect::windows && has_text(mount, "Type", "npipe"))
            take_pipe(mount);
        for (const auto* options : members_named(mount, "VolumeOptions")) {
            for (const auto* driver : members_named(*options, "DriverConfig")) {
                if (!is_local(*driver, "Name")) continue;
                for (const auto* more : members_named(*driver, "Options")) take_device(*more);
            }
        }
    }

    // An engine on Linux has no mounts of that type; Docker's pipe is a socket there.
    void take_pipe(const json_node& mount)
    {
        const auto known = edits_.size();
        for (const auto* source : members_named(mount, "Source"))
            take_path(*source, missing_source::is_an_error);
        if (edits_.size() == known) return;
        for (const auto* type : members_named(mount, "Type")) replace(*type, "bind");
    }

    // "SOURCE:TARGET[:MODE]"; a source that is no path names a volume.
    void take_bind(const json_node& bind)
    {
        if (bind.type != kind::string) return;
        const auto size = bind_source_size(bind.text, dialect_);
        if (!size) return;
        const auto source = bind.text.substr(0, *size);
        const auto other = translate_(source, missing_source::is_created);
        if (other != source) replace(bind, other + bind.text.substr(*size));
    }

    // A map's keys are told apart by case, unlike those of a struct.
    void take_device(const json_node& options)
    {
        bool bind = false;
        for (const auto& [key, value] : options.members)
            if (key == "o") bind = is_bind(value.text);
        if (!bind) return;
        for (const auto& [key, value] : options.members)
            if (key == "device") take_path(value, missing_source::is_an_error);
    }

    void take_path(const json_node& source, missing_source missing)
    {
        if (source.type != kind::string) return;
        const auto other = translate_(source.text, missing);
        if (other != source.text) replace(source, other);
    }

    void replace(const json_node& node, const std::string& text)
    {
        edits_.push_back({node.begin, node.end, json_quoted(text)});
    }

    static missing_source if_missing(const json_node& mount)
    {
        for (const auto* options : members_named(mount, "BindOptions"))
            for (const auto* create : members_named(*options, "CreateMountpoint"))
                if (create->type == kind::is_true) return missing_source::is_created;
        return missing_source::is_an_error;
    }

    static bool has_text(const json_node& object, std::string_view name, std::string_view text)
    {
        return std::ranges::any_of(members_named(object, name), [&](const json_node* value) {
            return value->text == text;
        });
    }

    static bool is_local(const json_node& object, std::string_view name)
    {
        return std::ranges::all_of(members_named(object, name), [](const json_node* value) {
            return value->text.empty() || value->text == "local";
        });
    }

    // One of mount(8)'s options, which commas separate.
    static bool is_bind(std::string_view options)
    {
        while (!options.empty()) {
            const auto one = options.substr(0, options.find(','));
            if (one == "bind" || one == "rbind") return true;
            options.remove_prefix(std::min(options.size(), one.size() + 1));
        }
        return false;
    }

    const path_translation& translate_;
    config::path_dialect dialect_;
    std::vector<json_edit> edits_;
};

}  // namespace

std::optional<std::string> translate_paths(
    names_paths what,
    std::string_view body,
    const path_translation& translate,
    config::path_dialect dialect
)
{
    const auto root = parse_json(body);
    if (!root) return std::nullopt;
    walker found(translate, dialect);
    switch (what) {
        case names_paths::no:
            break;
        case names_paths::container:
            found.container(*root);
            break;
        case names_paths::host_config:
            found.host_config(*root);
            break;
        case names_paths::volume:
            found.volume(*root);
            break;
        case names_paths::service:
            found.service(*root);
            break;
        case names_paths::plugin:
            found.plugin(*root);
            break;
        case names_paths::filter:
            found.filter(*root);
            break;
    }
    auto edits = std::move(found).edits();
    if (edits.empty()) return std::nullopt;
    return apply_edits(body, std::move(edits));
}

}  // namespace proxy
