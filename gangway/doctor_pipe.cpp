// A pipe belongs to whoever was there first: Docker Desktop's has the same name.
#include "gangway/doctor_pipe.hpp"

namespace gangway {

finding judge_pipe(const pipe_facts& facts)
{
    const auto judged = [&](verdict what, const std::string& found, const std::string& advice) {
        return finding{facts.check, what, found, advice};
    };
    const bool docker = facts.check == "docker socket";
    if (!facts.exists && facts.daemon_runs)
        return judged(
            verdict::wrong,
            facts.name + " is missing, though gangwayd runs",
            "see whether that gangwayd has another configuration: `gangway status`"
        );
    if (!facts.exists)
        return judged(verdict::ok, facts.name + " is not there yet: gangwayd makes it", {});
    if (!facts.why_not.empty())
        return judged(
            verdict::wrong,
            facts.name + " cannot be opened (" + facts.why_not + ")",
            docker ? "use it as the user that gangwayd runs as, or have docker.group name a group "
                     "of yours"
                   : "ask as the user that gangwayd runs as"
        );
    auto who = facts.server == 0 ? "a process that is not told"
                                 : "process " + std::to_string(facts.server);
    if (!facts.program.empty()) who += " (" + facts.program + ")";
    const bool known = facts.server != 0 && facts.daemon != 0;
    if (!facts.daemon_runs || (known && facts.server != facts.daemon))
        return judged(
            verdict::wrong,
            facts.name + " is served by " + who + ", which is not gangwayd",
            std::string("end that program, which may be Docker Desktop, or choose another pipe: ") +
                (docker ? "docker.listen" : "control.listen")
        );
    return judged(verdict::ok, facts.name + ", served by " + who, {});
}

}  // namespace gangway
