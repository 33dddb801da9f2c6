# `cmake --install`: programs, service files, schema, example configuration, documentation.
include(GNUInstallDirs)
install(TARGETS gangwayd gangway)

# Service files: the paths of the programs are those of the installation.
set(service_files ${PROJECT_BINARY_DIR}/service_files)
foreach(kind user system)
    configure_file(systemd/${kind}/gangwayd.socket ${service_files}/${kind}/gangwayd.socket COPYONLY)
    configure_file(systemd/${kind}/gangwayd.service.in ${service_files}/${kind}/gangwayd.service @ONLY)
endforeach()
configure_file(launchd/org.gangway.gangwayd.plist.in
    ${service_files}/launchd/org.gangway.gangwayd.plist @ONLY)

if(APPLE)
    install(FILES ${service_files}/launchd/org.gangway.gangwayd.plist
        DESTINATION ${CMAKE_INSTALL_DATADIR}/gangway)
elseif(CMAKE_SYSTEM_NAME STREQUAL Linux)
    # Always lib/, wherever libraries go: that is where systemd looks.
    install(DIRECTORY ${service_files}/user ${service_files}/system DESTINATION lib/systemd)
endif()

install(FILES config/gangway.schema.json config/gangway.json.example
    DESTINATION ${CMAKE_INSTALL_DATADIR}/gangway)
install(DIRECTORY docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR} FILES_MATCHING PATTERN "*.md"
    PATTERN man EXCLUDE)
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES docs/man/gangway.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES docs/man/gangway.json.5 DESTINATION ${CMAKE_INSTALL_MANDIR}/man5)
install(FILES docs/man/gangwayd.8 DESTINATION ${CMAKE_INSTALL_MANDIR}/man8)
