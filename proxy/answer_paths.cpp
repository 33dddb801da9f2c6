// Walks over all of it.
#include "proxy/answer_paths.hpp"

#include "proxy/json_tree.hpp"

#include <algorithm>
#include <vector>

namespace proxy {
namespace {

using kind = json_node::kind;

class restorer {
public:
    explicit restorer(const path_restoration& restore) : restore_(restore) {}

    // As deep as parse_json() reads.
    void everywhere(const json_node& node)
    {
        take(node);
        for (const auto& member : node.members) everywhere(member.value);
        for (const auto& element : node.elements) everywhere(element);
    }

    void in_fields(const json_node& node)
    {
        for (const auto& [key, value] : node.members) {
            if (key == "Binds")
                for (const auto& bind : value.elements) take(bind);
            if (key == "Mounts")
                for (const auto& mount : value.elements) take_member(mount, "Source");
            if (key == "Options" || key == "DriverOpts") take_member(value, "device");
            if (key == "Volumes")
                for (const auto& volume : value.members) take(volume.value);
            in_fields(value);
        }
        for (const auto& element : node.elements) in_fields(element);
    }

    void in_message(const json_node& answer)
    {
        for (const auto& [key, value] : answer.members) {
            if (key != "message" || value.type != kind::string) continue;
            auto text = in_sentence(value.text);
            if (text != value.text) replace(value, text);
        }
    }

    std::optional<std::string> changed(std::string_view body) &&
    {
        if (edits_.empty()) return std::nullopt;
        return apply_edits(body, std::move(edits_));
    }

private:
    void take(const json_node& node)
    {
        if (node.type != kind::string || !node.text.starts_with('/')) return;
        auto other = restore_(node.text);
        if (other != node.text) replace(node, other);
    }

    void take_member(const json_node& object, std::string_view name)
    {
        for (const auto& member : object.members)
            if (member.key == name) take(member.value);
    }

    // Paths begin behind one of these and end before one.
    std::string in_sentence(const std::string& text)
    {
        constexpr std::string_view ends = " \"'`=:,;()[]";
        std::string changed;
        std::size_t at = 0;
        while (at < text.size()) {
            const auto end = std::min(text.size(), text.find_first_of(ends, at));
            const auto word = text.substr(at, end - at);
            changed += word.starts_with('/') ? restore_(word) : word;
            if (end < text.size()) changed += text[end];
            at = end + 1;
        }
        return changed;
    }

    void replace(const json_node& node, const std::string& text)
    {
        edits_.push_back({node.begin, node.end, json_quoted(text)});
    }

    const path_restoration& restore_;
    std::vector<json_edit> edits_;
};

}  // namespace

std::optional<std::string> restore_paths(std::string_view body, const path_restoration& restore)
{
    const auto root = parse_json(body);
    if (!root) return std::nullopt;
    restorer found(restore);
    found.everywhere(*root);
    return std::move(found).changed(body);
}

std::optional<std::string> restore_sources(std::string_view body, const path_restoration& restore)
{
    const auto root = parse_json(body);
    if (!root) return std::nullopt;
    restorer found(restore);
    found.in_fields(*root);
    found.in_message(*root);
    return std::move(found).changed(body);
}

}  // namespace proxy
