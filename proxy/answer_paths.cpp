// Walks over all of it.
#include "proxy/answer_paths.hpp"

#include "proxy/json_tree.hpp"

#include <vector>

namespace proxy {
namespace {

using restoration = std::function<std::string(const std::string&)>;

// As deep as parse_json() reads.
void collect(const json_node& node, const restoration& restore, std::vector<json_edit>& edits)
{
    if (node.type == json_node::kind::string && node.text.starts_with('/')) {
        const auto other = restore(node.text);
        if (other != node.text) edits.push_back({node.begin, node.end, json_quoted(other)});
    }
    for (const auto& member : node.members) collect(member.value, restore, edits);
    for (const auto& element : node.elements) collect(element, restore, edits);
}

}  // namespace

std::optional<std::string> restore_paths(std::string_view body, const restoration& restore)
{
    const auto root = parse_json(body);
    if (!root) return std::nullopt;
    std::vector<json_edit> edits;
    collect(*root, restore, edits);
    if (edits.empty()) return std::nullopt;
    return apply_edits(body, std::move(edits));
}

}  // namespace proxy
