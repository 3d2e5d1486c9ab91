package storetest

import (
	"testing"

	"heraut/store"
)

// runSCIM runs what identity providers bring, and what is refused by hand of it.
func runSCIM(t *testing.T, open Open) {
	t.Helper()
	for name, test := range map[string]func(*testing.T, *store.Store){
		"scim/clients":                  scimClients,
		"scim/users":                    scimUsers,
		"scim/find":                     scimFind,
		"scim/adopt":                    scimAdopts,
		"scim/adopt what is left":       scimAdoptsWhatIsLeft,
		"scim/members":                  scimMembers,
		"by hand/brought":               broughtIsChangedThere,
		"by hand/disabled elsewhere":    disabledElsewhere,
		"by hand/disabled in directory": disabledInADirectory,
		"scim/many members":             scimManyMembers,
	} {
		t.Run(name, func(t *testing.T) { test(t, open(t, nil)) })
	}
}
