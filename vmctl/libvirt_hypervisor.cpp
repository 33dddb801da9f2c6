// The verbs of hypervisor.hpp on libvirt (API: https://libvirt.org/html/). Errors are told apart by
// code, never by text.
#include "vmctl/libvirt_hypervisor.hpp"

#include "vmctl/domain_metadata.hpp"
#include "vmctl/domain_xml.hpp"
#include "vmctl/host_port.hpp"
#include "vmctl/libvirt_connection.hpp"
#include "vmctl/libvirt_domain.hpp"
#include "vmctl/libvirt_guest_agent.hpp"
#include "vmctl/libvirt_job.hpp"
#include "vmctl/libvirt_limit.hpp"
#include "vmctl/libvirt_user_network.hpp"
#include "vmctl/share_list.hpp"

#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <spdlog/spdlog.h>

#include <cstdlib>
#include <fstream>
#include <utility>

namespace vmctl {

namespace {

class libvirt_hypervisor final : public hypervisor {
public:
    libvirt_hypervisor(
        std::string uri, std::string name, std::filesystem::path data_disk, packed_memory memory
    )
        : name_(std::move(name)),
          data_disk_(std::move(data_disk)),
          memory_(std::move(memory)),
          connection_(std::move(uri), name_)
    {
    }

    power state() override
    {
        const auto domain = find();
        if (!domain) return power::absent;
        const int active = virDomainIsActive(domain.get());
        if (active < 0) refuse("look at " + name_);
        const bool saved = active == 0 && is_saved(domain.get());
        if (active == 0 && !saved) return power::off;
        refuse_if_taken(domain.get(), saved ? VIR_DOMAIN_AFFECT_CONFIG : VIR_DOMAIN_AFFECT_LIVE);
        return saved ? power::saved : power::on;
    }

    bool supports(accelerator way) override
    {
        if (way == accelerator::virtualbox) return false;
        // libvirt knows: it has tried QEMU as the user who would run it.
        const text_handle found(virConnectGetDomainCapabilities(
            connection_.get(), nullptr, domain_architecture, domain_machine, domain_type(way), 0
        ));
        return found != nullptr;
    }

    void define(const domain_spec& spec) override
    {
        char uuid[VIR_UUID_STRING_BUFLEN] = "";
        if (const auto former = find()) {
            if (virDomainGetUUIDString(former.get(), uuid) < 0) refuse("look at " + name_);
        }
        const auto xml = domain_xml(spec, uuid);
        const domain_handle domain(virDomainDefineXML(connection_.get(), xml.c_str()));
        if (!domain) refuse("define " + name_);
        fixed_port_ = spec.engine_port;
    }

    running_vm power_on() override
    {
        const auto domain = existing();
        if (virDomainCreateWithFlags(domain.get(), VIR_DOMAIN_START_FORCE_BOOT) < 0) {
            const auto failure =
                describe(hypervisor_problem::refused, "start " + name_, virGetLastErrorMessage());
            // Another daemon was faster.
            if (last_libvirt_code() == VIR_ERR_OPERATION_INVALID) {
                throw describe(hypervisor_problem::taken, name_, data_disk_.native());
            }
            if (fixed_port_ != 0 && port_is_taken(fixed_port_)) {
                throw describe(hypervisor_problem::port_taken, std::to_string(fixed_port_), {});
            }
            throw failure;
        }
        memory_.forget();
        const auto look = [&] { return look_at(domain.get()); };
        if (auto running = limit_.within(domain.get(), "start " + name_, look)) return *running;
        throw describe(
            hypervisor_problem::refused, "start " + name_, "QEMU does not forward its ports"
        );
    }

    std::optional<running_vm> adopt() override
    {
        const auto domain = existing();
        const auto element = metadata_of(domain.get());
        if (!attribute_in_metadata(element, "version")) return std::nullopt;
        memory_.forget();
        return limit_.within(domain.get(), "take over " + name_, [&] {
            // A daemon that has died since may have begun to.
            end_saving(domain.get());
            resume_if_paused(domain.get());
            return look_at(domain.get());
        });
    }

    std::optional<running_vm> restore(const domain_spec& spec) override
    {
        const auto domain = existing();
        const auto made_of =
            attribute_in_metadata(metadata_of(domain.get(), VIR_DOMAIN_AFFECT_CONFIG), "spec");
        if (made_of != fingerprint(spec)) return std::nullopt;
        try {
            memory_.unpack();
        } catch (const storage_error& error) {
            throw describe(hypervisor_problem::not_now, "wake " + name_, error.what());
        }
        if (virDomainCreateWithFlags(domain.get(), 0) < 0) refuse("wake " + name_);
        memory_.forget();
        return limit_.within(domain.get(), "wake " + name_, [&] { return look_at(domain.get()); });
    }

    void discard_saved() override
    {
        const auto domain = find();
        if (domain && is_saved(domain.get()) && virDomainManagedSaveRemove(domain.get(), 0) < 0)
            refuse("discard what was saved of " + name_);
        memory_.forget();
    }

    void pause(std::stop_token somebody_waits) override
    {
        const auto domain = existing();
        const auto stop = [&] {
            if (virDomainSuspend(domain.get()) < 0) refuse("pause " + name_);
        };
        limit_.within(domain.get(), "pause " + name_, stop, std::move(somebody_waits));
    }

    void save(std::stop_token call_off) override
    {
        const auto domain = existing();
        memory_.forget();
        const auto write = [&] {
            if (call_off.stop_requested()) call_it_off("save " + name_);
            const job_end meanwhile(domain.get(), call_off);
            const bool saved = virDomainManagedSave(domain.get(), VIR_DOMAIN_SAVE_RUNNING) == 0;
            if (!saved && call_off.stop_requested()) call_it_off("save " + name_);
            if (!saved) refuse("save " + name_);
        };
        // It takes its time while nobody waits.
        limit_.within(domain.get(), "save " + name_, write, call_off);
        try {
            memory_.pack(call_off);
        } catch (const storage_error& error) {
            spdlog::warn("what was saved of the VM is larger than it need be: {}", error.what());
        }
    }

    void set_guest_clock() override
    {
        const auto domain = existing();
        set_clock_by_agent(domain.get());
    }

    bool guest_listens(std::chrono::milliseconds patience) override
    {
        const auto domain = existing();
        return agent_listens(domain.get(), patience);
    }

    guest_result run_in_guest(
        const std::vector<std::string>& command,
        std::chrono::milliseconds patience,
        std::stop_token call_off
    ) override
    {
        const auto domain = existing();
        return run_by_agent(domain.get(), command, patience, call_off);
    }

    void resume() override
    {
        const auto domain = find();
        if (domain)
            limit_.within(domain.get(), "resume " + name_, [&] { resume_if_paused(domain.get()); });
    }

    std::uint16_t forward(const guest_port& port) override
    {
        const auto domain = existing();
        return limit_.within(domain.get(), "forward a port of " + name_, [&] {
            return libvirt_user_network(domain.get()).forward(port);
        });
    }

    void end_forward(const guest_port& port) override
    {
        const auto domain = existing();
        limit_.within(domain.get(), "end a forward of " + name_, [&] {
            libvirt_user_network(domain.get()).end_forward(port);
        });
    }

    void resize_data_disk(config::byte_size size) override
    {
        const auto domain = existing();
        limit_.within(domain.get(), "resize the disk of " + name_, [&] {
            vmctl::resize_data_disk(domain.get(), size);
        });
    }

    void ask_to_shut_down() override
    {
        const auto domain = find();
        if (!domain) return;
        const auto ask = [&] {
            resume_if_paused(domain.get());
            if (virDomainShutdownFlags(domain.get(), VIR_DOMAIN_SHUTDOWN_ACPI_POWER_BTN) < 0 &&
                last_libvirt_code() != VIR_ERR_OPERATION_INVALID) {
                refuse("shut down " + name_);
            }
        };
        try {
            limit_.within(domain.get(), "shut down " + name_, ask);
        } catch (const hypervisor_error& error) {
            // It is off.
            if (error.problem() != hypervisor_problem::silent) throw;
        }
    }

    void cut_power() override
    {
        const auto domain = find();
        if (!domain) return;
        if (virDomainDestroy(domain.get()) < 0 &&
            last_libvirt_code() != VIR_ERR_OPERATION_INVALID) {
            refuse("switch off " + name_);
        }
    }

    void undefine() override
    {
        const auto domain = find();
        if (!domain) return;
        if (virDomainUndefineFlags(domain.get(), VIR_DOMAIN_UNDEFINE_MANAGED_SAVE) < 0) {
            refuse("undefine " + name_);
        }
        memory_.forget();
    }

    void watch(std::function<void(domain_event)> observer) override
    {
        connection_.watch(std::move(observer));
    }

    void disconnect() override { connection_.drop(); }

private:
    // The domain, or null when there is none.
    domain_handle find()
    {
        domain_handle domain(virDomainLookupByName(connection_.get(), name_.c_str()));
        if (!domain && last_libvirt_code() != VIR_ERR_NO_DOMAIN) refuse("look for " + name_);
        return domain;
    }

    domain_handle existing()
    {
        auto domain = find();
        if (!domain) {
            throw describe(hypervisor_problem::refused, "find " + name_, "it was removed");
        }
        return domain;
    }

    void refuse_if_taken(virDomainPtr domain, virDomainModificationImpact which)
    {
        const auto disk = attribute_in_metadata(metadata_of(domain, which), "disk");
        if (disk && *disk != data_disk_) {
            throw describe(hypervisor_problem::taken, name_, *disk);
        }
    }

    std::optional<running_vm> look_at(virDomainPtr domain)
    {
        running_vm running;
        for (const auto& [host, guest] : libvirt_user_network(domain).forwards()) {
            if (guest == own_port(guest_engine_port)) running.engine_port = host;
            if (guest == own_port(guest_ssh_port)) running.ssh_port = host;
        }
        if (running.engine_port == 0) return std::nullopt;
        running.process_id = process_id();
        const auto shares = attribute_in_metadata(metadata_of(domain), "shares");
        if (shares) running.shares = decoded_shares(*shares);
        return running;
    }

    static guest_port own_port(std::uint16_t port) { return {transport::tcp, guest_address, port}; }

    // libvirt's API does not tell QEMU's process id; the file that its daemon keeps does.
    int process_id()
    {
        int id = 0;
        const char* runtime = std::getenv("XDG_RUNTIME_DIR");
        if (runtime)
            std::ifstream(std::string(runtime) + "/libvirt/qemu/run/" + name_ + ".pid") >> id;
        if (id == 0) std::ifstream("/run/libvirt/qemu/" + name_ + ".pid") >> id;
        return id;
    }

    const std::string name_;
    const std::filesystem::path data_disk_;
    const packed_memory memory_;
    libvirt_connection connection_;
    monitor_limit limit_;
    std::uint16_t fixed_port_ = 0;
};

}  // namespace

std::unique_ptr<hypervisor> make_libvirt_hypervisor(
    std::string uri, std::string name, std::filesystem::path data_disk, packed_memory memory
)
{
    return std::make_unique<libvirt_hypervisor>(
        std::move(uri), std::move(name), std::move(data_disk), std::move(memory)
    );
}

}  // namespace vmctl
