# What of the VM's room a build without libvirt has: files, other programs and ports of this machine, and
# the parts that decide, which are the same everywhere.
set(vmctl_tests ../unit/vmctl)
gangway_test(windows_vmctl_tests unit
    SOURCES
        ../support/test_directory.cpp
        ../support/test_directory_windows.cpp
        ${vmctl_tests}/boot_log_test.cpp
        ${vmctl_tests}/certificate_test.cpp
        ${vmctl_tests}/domain_metadata_test.cpp
        ${vmctl_tests}/growing_file_test.cpp
        ${vmctl_tests}/host_port_test.cpp
        ${vmctl_tests}/lifecycle_test.cpp
        ${vmctl_tests}/sleep_policy_test.cpp
        ${vmctl_tests}/user_network_test.cpp
        vmctl/disk_tool_test.cpp
        vmctl/host_usage_test.cpp
        vmctl/private_file_test.cpp
    LIBRARIES vmctl OpenSSL::Crypto nlohmann_json::nlohmann_json)
