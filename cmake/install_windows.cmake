# `cmake --install` and `cpack` for Windows: one directory, or one ZIP file, with all that there is.
install(TARGETS gangwayd gangwayd-login gangway RUNTIME DESTINATION .)
install(FILES windows/gangway.json.example config/gangway.schema.json LICENSE DESTINATION .)
install(FILES docs/windows.md DESTINATION . RENAME README.md)

set(CPACK_GENERATOR ZIP)
set(CPACK_PACKAGE_FILE_NAME gangway-${PROJECT_VERSION}-windows-x86_64)
set(CPACK_STRIP_FILES ON)
include(CPack)
