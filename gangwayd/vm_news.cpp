// A subscription for each kind of news.
#include "gangwayd/vm_news.hpp"

#include <spdlog/spdlog.h>

void tell_news_of(vmctl::supervisor& vm, const vm_audience& audience)
{
    vm.on_engine_ready([to = audience](const vmctl::engine_address& address) {
        to.record.drop();
        to.record.is_made_of(to.what_answers_depend_on());
        to.ports.engine_ready(address);
        to.watch.engine_ready(address);
    });
    vm.on_engine_lost([to = audience](const std::string& reason) {
        spdlog::info("the engine is gone: {}", reason);
        to.server.engine_lost();
        to.watch.engine_gone();
        to.ports.engine_lost();
    });
    vm.on_engine_asleep([to = audience, &vm] {
        to.server.engine_saved();
        to.watch.engine_gone();
        to.ports.engine_saved();
        const auto containers = vm.status().use.containers;
        to.record.keep({to.server.remembered().all(), to.ports.owners(), containers});
    });
    vm.on_engine_found_asleep([to = audience, &vm] {
        const auto known = to.record.read();
        if (!known) return;
        to.answers.nothing_has_changed();
        to.server.remembered().restore(known->answers);
        to.ports.engine_found_asleep(known->ports);
        vm.containers_run(known->containers);
    });
    vm.on_engine_removed([to = audience] {
        to.server.remembered().forget();
        to.record.drop();
        to.ports.engine_lost();
    });
    vm.on_engine_back([to = audience] {
        to.ports.engine_back();
        to.census.engine_back();
    });
    vm.on_engine_leaving([to = audience](vmctl::sleep_depth depth) {
        if (depth != vmctl::sleep_depth::paused) to.server.engine_leaves();
        if (depth == vmctl::sleep_depth::saved) to.server.streams_pause();
        if (depth == vmctl::sleep_depth::off) return;
        to.ports.engine_rests();
        to.census.engine_rests();
    });
}
