package storetest

import "testing"

// runContent runs the part of the suite about apps, books and licenses.
func runContent(t *testing.T, open Open) {
	t.Helper()
	for name, test := range map[string]func(*library){
		"content/assets":           mirrorAssets,
		"content/names":            nameAssets,
		"content/assigned":         assignContent,
		"content/refused":          refuseContent,
		"content/places":           placesContent,
		"content/found":            assetsFound,
		"content/of groups above":  contentAbove,
		"licenses/of an asset":     whoHasAndWaits,
		"licenses/promised":        licensesPromised,
		"licenses/not promised":    licensesNotPromised,
		"licenses/planned twice":   licensesPlannedTwice,
		"licenses/in order":        licensesInOrder,
		"licenses/batches":         licensesBatches,
		"licenses/settled":         licensesSettled,
		"licenses/taken back":      licensesTakenBack,
		"licenses/of leavers":      licensesOfLeavers,
		"licenses/kept":            licensesKept,
		"licenses/held":            licensesHeld,
		"licenses/account ended":   licensesOfEndedAccounts,
		"licenses/accepted anew":   licensesAcceptedAnew,
		"licenses/other account":   licensesOfAnotherAccount,
		"licenses/unseen account":  licensesOfAnotherAccountUnseen,
		"licenses/ended account":   licensesKeptByAnEndedAccount,
		"licenses/holders":         licensesHolders,
		"licenses/work":            licensesWork,
		"licenses/lists":           licensesLists,
		"licenses/waiting for":     licensesWaitFor,
		"tasks/watched":            watchTasks,
		"tasks/exported":           exportTasks,
		"licenses/forecast":        licensesForecast,
		"licenses/claimed at once": licensesClaimedAtOnce,
	} {
		t.Run(name, func(t *testing.T) {
			clock := NewClock()
			test(libraryOf(t, open(t, clock.Now), clock))
		})
	}
}
