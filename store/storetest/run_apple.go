package storetest

import "testing"

// runApple runs the part of the suite about accounts at Apple.
func runApple(t *testing.T, open Open) {
	t.Helper()
	for name, test := range map[string]func(*campus){
		"apple/codes":                appleCodes,
		"apple/acceptance":           appleAcceptance,
		"apple/order":                appleOrder,
		"apple/order at once":        appleOrderAtOnce,
		"apple/late acceptance":      appleLate,
		"apple/retired":              appleRetired,
		"apple/older news":           appleOlderNews,
		"apple/turns":                appleTurns,
		"apple/cursor":               appleCursor,
		"apple/notifications":        appleNotifications,
		"registrations/whom":         registerWhom,
		"registrations/too late":     registerNobodyTooLate,
		"registrations/ahead":        registerAhead,
		"registrations/claimed once": registerOnce,
		"registrations/at once":      registerAtOnce,
		"registrations/refused":      registerRefused,
		"registrations/wanted":       registerWanted,
		"registrations/retiring":     registerRetiring,
		"registrations/in turn":      registerRetiringInTurn,
		"silent/plans":               silentPlans,
		"silent/sends":               silentSends,
		"silent/refused":             silentRefused,
		"expiry/steps":               expirySteps,
		"expiry/refused":             expiryRefused,
		"places/of users":            placesOfUsers,
		"places/checked":             placesAreChecked,
		"places/in use":              placesInUse,
		"places/registered":          placesRegister,
		"places/routes":              placesRoutes,
		"places/moved":               placesMove,
		"places/moved with groups":   placesMoveWithGroups,
		"places/moved silently":      placesMoveSilent,
		"places/left":                placesLeft,
	} {
		t.Run(name, func(t *testing.T) {
			clock := NewClock()
			test(campusOf(t, open(t, clock.Now), clock))
		})
	}
}
