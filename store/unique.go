package store

import (
	"database/sql"
	"errors"
	"strings"

	"heraut/fault"
)

// unique says what a violated unique index means to a caller.
type unique struct {
	// columns are what SQLite names in place of the index.
	columns string
	pointer string
	message string
}

// uniques are by index name, which is the same in both databases.
func uniques() map[string]unique {
	return map[string]unique{
		"users_external_id":       {"users.external_id", "/external_id", "Another user has this external id."},
		"groups_external_id":      {"groups.external_id", "/external_id", "Another group has this external id."},
		"directories_name":        {"directories.sort_name", "/name", "Another directory has this name."},
		"devices_serial_number":   {"devices.serial_number", "/serial_number", "Another device has this serial number."},
		"scim_users_name":         {"scim_users.client_id, scim_users.name_key", "/userName", "Another user has this userName."},
		"scim_users_external_id":  {"scim_users.client_id, scim_users.external_id", "/externalId", "Another user has this externalId."},
		"scim_groups_external_id": {"scim_groups.client_id, scim_groups.external_id", "/externalId", "Another group has this externalId."},
		"devices_udid":            {"devices.udid", "/udid", "Another device has this UDID."},
		"administrators_login":    {"administrators.login_key", "/login", "Another administrator has this login."},
	}
}

// conflict makes the fault of a violated unique index.
func conflict(index string, cause error) error {
	known, ok := uniques()[index]
	if !ok {
		return &dbError{fault: fault.New(fault.Conflict, "This exists already."), cause: cause, index: index}
	}
	f := fault.New(fault.Conflict, known.message)
	f.Fields = []fault.Field{{Pointer: known.pointer, Message: known.message}}
	return &dbError{fault: f, cause: cause, index: index}
}

// sqliteIndex finds the index that SQLite's message means, else it returns the
// columns named there ("plans.id").
func sqliteIndex(message string) string {
	columns, _, _ := strings.Cut(message[strings.LastIndex(message, ": ")+1:], " (")
	columns = strings.TrimSpace(columns)
	for index, u := range uniques() {
		if u.columns == columns {
			return index
		}
	}
	return columns
}

// violated tells which unique index err is about: its name, or on SQLite the
// columns ("table.column, ...") of an index that is not in uniques.
func violated(err error) (index string, ok bool) {
	e, found := errors.AsType[*dbError](err)
	if !found || e.fault.Code != fault.Conflict || e.index == "" {
		return "", false
	}
	return e.index, true
}

// orNotFound turns sql.ErrNoRows into a not_found fault with the sentence.
func orNotFound(err error, sentence string) error {
	if errors.Is(err, sql.ErrNoRows) {
		return fault.New(fault.NotFound, sentence)
	}
	return err
}
