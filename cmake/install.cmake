# `cmake --install`: programs, service files, completions, schema, example configuration, documentation,
# and, if the build was told where one is, the VM's image.
include(GNUInstallDirs)
# A component is a package (packaging.cmake).
set(CMAKE_INSTALL_DEFAULT_COMPONENT_NAME gangway)
install(TARGETS gangwayd gangway)

# Service files: the paths of the programs are those of the installation.
set(service_files ${PROJECT_BINARY_DIR}/service_files)
foreach(kind user system)
    configure_file(systemd/${kind}/gangwayd.socket ${service_files}/${kind}/gangwayd.socket COPYONLY)
    configure_file(systemd/${kind}/gangwayd.service.in ${service_files}/${kind}/gangwayd.service @ONLY)
endforeach()
configure_file(launchd/org.gangway.gangwayd.plist.in
    ${service_files}/launchd/org.gangway.gangwayd.plist @ONLY)
# Once more when it is known where to: --prefix and cpack choose another prefix than the build's.
install(CODE "
    set(CMAKE_INSTALL_FULL_BINDIR \"\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_BINDIR}\")
    foreach(kind user system)
        configure_file(\"${PROJECT_SOURCE_DIR}/systemd/\${kind}/gangwayd.service.in\"
            \"${service_files}/\${kind}/gangwayd.service\" @ONLY)
    endforeach()
    configure_file(\"${PROJECT_SOURCE_DIR}/launchd/org.gangway.gangwayd.plist.in\"
        \"${service_files}/launchd/org.gangway.gangwayd.plist\" @ONLY)")

if(APPLE)
    install(FILES ${service_files}/launchd/org.gangway.gangwayd.plist
        DESTINATION ${CMAKE_INSTALL_DATADIR}/gangway)
elseif(CMAKE_SYSTEM_NAME STREQUAL Linux)
    # Always lib/, wherever libraries go: that is where systemd looks.
    install(DIRECTORY ${service_files}/user ${service_files}/system DESTINATION lib/systemd)
endif()

# Completions, which the build of `gangway` has it print. Debian's zsh looks elsewhere for those of
# packages than for those of /usr/local; other systems' look in site-functions for both.
set(completions ${PROJECT_BINARY_DIR}/completions)
install(FILES ${completions}/gangway
    DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
install(FILES ${completions}/gangway.fish
    DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
install(CODE "
    set(directory site-functions)
    if(CMAKE_INSTALL_PREFIX STREQUAL /usr AND EXISTS /etc/debian_version)
        set(directory vendor-completions)
    endif()
    file(INSTALL \"${completions}/_gangway\"
        DESTINATION \"\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_DATADIR}/zsh/\${directory}\")")

# What makes an image: a package has no clone at hand to make it from.
install(DIRECTORY appliance DESTINATION ${CMAKE_INSTALL_DATADIR}/gangway USE_SOURCE_PERMISSIONS)
file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/appliance_version CONTENT "@PROJECT_VERSION@\n" @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/appliance_version
    DESTINATION ${CMAKE_INSTALL_DATADIR}/gangway RENAME version)

install(FILES config/gangway.schema.json config/gangway.json.example
    DESTINATION ${CMAKE_INSTALL_DATADIR}/gangway)
install(DIRECTORY docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR} FILES_MATCHING PATTERN "*.md"
    PATTERN man EXCLUDE)
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES docs/man/gangway.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES docs/man/gangway.json.5 DESTINATION ${CMAKE_INSTALL_MANDIR}/man5)
install(FILES docs/man/gangwayd.8 DESTINATION ${CMAKE_INSTALL_MANDIR}/man8)

# The image, a package of its own: it is larger than all else, and changes with Debian's packages
# rather than with Gangway.
set(GANGWAY_IMAGE_DIR "" CACHE PATH "What appliance/build has made, to install it too; empty: none")
if(GANGWAY_IMAGE_DIR)
    if(NOT EXISTS ${GANGWAY_IMAGE_DIR}/manifest.json)
        message(FATAL_ERROR "GANGWAY_IMAGE_DIR: there is no image in ${GANGWAY_IMAGE_DIR}; "
            "make one: appliance/build --output ${GANGWAY_IMAGE_DIR}")
    endif()
    install(DIRECTORY ${GANGWAY_IMAGE_DIR}/ DESTINATION ${CMAKE_INSTALL_DATADIR}/gangway/images
        COMPONENT gangway-image)
endif()
