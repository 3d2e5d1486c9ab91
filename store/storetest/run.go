// Package storetest holds what every store must do, whatever database is
// under it.
package storetest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/fault"
	"heraut/people"
	"heraut/store"
)

// Open makes an empty, migrated store with keys for its secrets. A now that is
// not nil is the store's clock.
type Open func(t *testing.T, now func() time.Time) *store.Store

// Run runs the suite.
func Run(t *testing.T, open Open) {
	t.Helper()
	for name, test := range map[string]func(*testing.T, *store.Store){
		"users/create and read":          createUser,
		"users/taken external id":        takenExternalID,
		"users/update":                   updateUser,
		"users/update at once":           updateUserAtOnce,
		"users/delete":                   deleteUser,
		"users/list by page":             listUsers,
		"users/search":                   searchUsers,
		"users/sorted":                   sortUsers,
		"groups/found":                   findGroups,
		"groups/of a user":               groupsOfUser,
		"groups/inside":                  groupsInside,
		"devices/found":                  findDevices,
		"names":                          namesByID,
		"devices/of the MDM server":      deviceFacts,
		"search":                         searchEverything,
		"audit/filtered":                 filterAudit,
		"groups/create, change, delete":  changeGroup,
		"groups/members":                 setMembers,
		"groups/unknown members":         unknownMembers,
		"groups/cycles":                  refuseCycles,
		"groups/cycles at once":          refuseCyclesAtOnce,
		"groups/fifty levels":            nestDeeply,
		"groups/services":                services,
		"devices/create, change, delete": changeDevice,
		"devices/taken numbers":          takenNumbers,
		"devices/push channels":          pushChannels,
		"devices/list":                   listDevices,
		"audit/chain":                    auditChain,
		"effects":                        effects,
		"keys":                           apiKeys,
		"settings":                       changeSetting,
		"rosters/applied twice":          rosterTwice,
		"rosters/changes":                rosterChanges,
		"rosters/people who left":        rosterMissing,
		"rosters/members are kept":       rosterKeepsMembers,
		"rosters/owners are kept":        rosterUnknownOwner,
		"rosters/refused":                rosterRefused,
		"rosters/cut off":                rosterCutOff,
	} {
		t.Run(name, func(t *testing.T) { test(t, open(t, nil)) })
	}
	for name, test := range map[string]func(*testing.T, *store.Store, *Clock){
		"scim/rotate":               scimRotate,
		"requests/answered once":    answerOnce,
		"requests/forgotten":        forgetAfterADay,
		"requests/answer lost":      answerLost,
		"requests/claim taken over": claimTakenOver,
		"requests/released":         releaseRequest,
		"requests/claimed at once":  claimAtOnce,
		"imports/run and abandoned": runImport,
		"enrollment links/read":     enrollmentLinks,
		"enrollment links/nobody's": enrollmentLinkOfNobody,
		"enrollment links/disabled": enrollmentLinkOfTheDisabled,
		"challenges":                enrollmentChallenges,
		"challenges/at once":        enrollmentChallengeAtOnce,
		"challenges/again":          enrollmentAgain,
		"challenges/again at once":  enrollmentAgainAtOnce,
	} {
		t.Run(name, func(t *testing.T) {
			clock := NewClock()
			test(t, open(t, clock.Now), clock)
		})
	}
	runSCIM(t, open)
	runAdministrators(t, open)
	runSends(t, open)
	runMDM(t, open)
	runApple(t, open)
	runContent(t, open)
	runDirectories(t, open)
}

// actor makes the changes of the tests.
var actor = people.Actor{Kind: people.ActorKey, ID: "key-1", Name: "tests"}

func addUser(t *testing.T, s *store.Store, name string) people.User {
	t.Helper()
	u, err := s.CreateUser(t.Context(), actor, people.User{FullName: name})
	require.NoError(t, err)
	return u
}

func addGroup(t *testing.T, s *store.Store, name string, userIDs, groupIDs []string) people.Group {
	t.Helper()
	g, err := s.CreateGroup(t.Context(), actor, people.Group{Name: name})
	require.NoError(t, err)
	g, err = s.SetMembers(t.Context(), actor, g.ID, userIDs, groupIDs)
	require.NoError(t, err)
	return g
}

func requireCode(t *testing.T, err error, code fault.Code) {
	t.Helper()
	require.Error(t, err)
	require.Equal(t, code, fault.CodeOf(err), "%v", err)
}

func names[T, V any](items []T, name func(T) V) []V {
	all := make([]V, len(items))
	for i, item := range items {
		all[i] = name(item)
	}
	return all
}

func userName(u people.User) string { return u.FullName }
