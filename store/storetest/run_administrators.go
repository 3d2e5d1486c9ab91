package storetest

import (
	"testing"

	"heraut/store"
)

// runAdministrators runs the part of the suite about who signs in.
func runAdministrators(t *testing.T, open Open) {
	t.Helper()
	for name, test := range map[string]func(*testing.T, *store.Store, *Clock){
		"create and list":           createAdministrators,
		"update":                    updateAdministrator,
		"last admin":                lastAdmin,
		"last admin at once":        lastAdminAtOnce,
		"passphrase":                changePassphrase,
		"identity":                  signInByIdentity,
		"identity of the invited":   identityOfTheInvited,
		"identity and last admin":   identityOfTheLastAdmin,
		"links/first":               firstLink,
		"links/at once":             firstLinkAtOnce,
		"links/invited":             invitedLink,
		"links/over":                linkIsOver,
		"sessions/kept and ended":   keepSessions,
		"sessions/idle and over":    sessionsEnd,
		"sessions/revoked":          sessionsRevoked,
		"sessions/ended meanwhile":  sessionEndedMeanwhile,
		"sessions/earlier epoch":    sessionOfAnEarlierEpoch,
		"sessions/after a restore":  endSignIns,
		"what is over is forgotten": forgetSignIns,
	} {
		t.Run("administrators/"+name, func(t *testing.T) {
			clock := NewClock()
			test(t, open(t, clock.Now), clock)
		})
	}
}
