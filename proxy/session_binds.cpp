// Requests that name paths of this machine: what the engine gets to see of them.
#include "proxy/asio_bridge.hpp"
#include "proxy/bind_request.hpp"
#include "proxy/bind_rules.hpp"
#include "proxy/bind_source.hpp"
#include "proxy/session.hpp"
#include "vmctl/run_blocking.hpp"

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

#include <utility>
#include <vector>

namespace asio = boost::asio;

namespace proxy {
namespace {

bool names_a_path(names_paths what, const std::string& text, config::path_dialect dialect)
{
    bool found = false;
    const auto look = [&](const std::string& source, missing_source) {
        found |= may_be_path(source, dialect);
        return source;
    };
    translate_paths(what, text, look, dialect);
    return found;
}

// What is not shared is no container's source, but may be a path in one.
std::string translate_filter(const bind_rules& rules, const std::string& source)
{
    try {
        return rules.translate(source);
    } catch (const path_not_shared&) {
        return source;
    }
}

// The engine would make a missing source and then make it root's, which no share allows: so it is
// made here, unless the request is refused.
std::optional<std::string> for_the_engine(
    names_paths what, const std::string& text, const bind_rules& rules, const host_paths& paths
)
{
    std::vector<std::string> wanted;
    const auto translate = [&](const std::string& source, missing_source missing) {
        if (what == names_paths::filter) return translate_filter(rules, source);
        auto path = rules.translate(source);
        const auto here = rules.restore(path);
        if (missing == missing_source::is_created && rules.is_writable(here))
            wanted.push_back(here);
        return path;
    };
    auto translated = translate_paths(what, text, translate, paths.dialect);
    // What fails here fails there too, in the words that Docker's users know.
    for (const auto& path : wanted) paths.make(path);
    return translated;
}

}  // namespace

// Off the loop: symbolic links may lead to a file server that does not answer.
io_task<std::optional<std::string>> session::translate(names_paths what, std::string text)
{
    const bool known = unanswered_.back().lease.address().shares.has_value();
    const auto& paths = tools_.paths;
    if (!known || !names_a_path(what, text, paths.dialect)) co_return std::nullopt;
    auto work = [what,
                 text = std::move(text),
                 paths,
                 rules = bind_rules(
                     *unanswered_.back().lease.address().shares,
                     tools_.docker_sockets,
                     paths.real,
                     paths.dialect,
                     paths.aliases
                 )] { return for_the_engine(what, text, rules, paths); };
    auto running = vmctl::run_blocking(tools_.blocking(), std::move(work));
    from_asio looking(tools_.executor, std::move(running), {});
    auto translated = co_await looking;
    if (aborted_) throw boost::system::system_error(asio::error::connection_aborted);
    co_return translated;
}

}  // namespace proxy
