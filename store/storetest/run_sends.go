package storetest

import "testing"

// runSends runs the half of the suite about plans, sends and invitations.
func runSends(t *testing.T, open Open) {
	t.Helper()
	for _, tests := range []map[string]func(*campus){planTests(), deliveryTests(), answerTests(), listTests()} {
		for name, test := range tests {
			t.Run(name, func(t *testing.T) {
				clock := NewClock()
				test(campusOf(t, open(t, clock.Now), clock))
			})
		}
	}
	t.Run("answers/by the real clock", func(t *testing.T) { answerByRealClock(t, open(t, nil)) })
}

func planTests() map[string]func(*campus) {
	return map[string]func(*campus){
		"plans/policies":          planPolicies,
		"plans/audiences":         planAudiences,
		"plans/nesting":           planNesting,
		"plans/devices":           planDevices,
		"plans/digest":            planDigest,
		"plans/live":              planLive,
		"plans/lists":             planLists,
		"plans/names":             planNames,
		"names of targets":        namesOfTargets,
		"enrollments/of one":      enrollmentOfOne,
		"groups/many counted":     manyCounted,
		"tasks/many found":        manyFound,
		"sends/progress":          progressOfSend,
		"plans/preview":           planPreview,
		"plans/preview refused":   planPreviewRefused,
		"plans/names of ids":      planNamesOf,
		"sends/once":              sendOnce,
		"sends/refused":           sendRefused,
		"sends/stale":             sendStale,
		"sends/at once":           sendAtOnce,
		"sends/under load":        sendUnderLoad,
		"sends/states":            sendStates,
		"sends/cancelled":         sendCancelled,
		"sends/list by page":      sendList,
		"users/last invitations":  lastInvitations,
		"pages/bounds":            pageBounds,
		"pages/check":             pageCheck,
		"leavers":                 leaversAreNotInvited,
		"by hand/disabled":        disabledByHand,
		"leavers/at Apple":        leaversAreNotRegistered,
		"pages/invited meanwhile": pageInvitedMeanwhile,
		"pages/again":             pageAgain,
		"pages/joined":            pageJoined,
		"pages/expired":           pageExpired,
		"pages/halt":              pageHalt,
		"sends/storm":             storm,
		"sends/storm of zombies":  stormOfZombies,
		"sends/settled once":      sendsSettled,
	}
}

func deliveryTests() map[string]func(*campus) {
	return map[string]func(*campus){
		"deliveries/together":         deliverTogether,
		"deliveries/repeated":         deliverRepeated,
		"deliveries/killed":           deliverKilled,
		"deliveries/unknown":          deliverUnknown,
		"deliveries/later":            deliverLater,
		"deliveries/refused":          deliverRefused,
		"deliveries/dead token":       deliverDeadToken,
		"deliveries/new token":        deliverNewToken,
		"deliveries/turned":           deliverTurned,
		"deliveries/withdrawn":        deliverWithdrawn,
		"deliveries/late":             deliverLate,
		"deliveries/checked":          deliverChecked,
		"deliveries/bounced":          deliverBounced,
		"reminders/days and channels": remind,
		"reminders/quiet hours":       remindQuietly,
		"reminders/by both":           remindByBoth,
		"reminders/refused by both":   remindTogether,
		"reminders/stopped":           remindStopped,
		"reminders/paused":            remindPaused,
	}
}

func answerTests() map[string]func(*campus) {
	return map[string]func(*campus){
		"answers/at once":            answerAtOnce,
		"answers/settled":            answerSettled,
		"answers/expired":            answerExpired,
		"records/acceptance":         recordAcceptance,
		"records/refusal":            recordRefusal,
		"records/at once":            recordAtOnce,
		"enrollments/delete":         deleteEnrollment,
		"enrollments/list":           listEnrollments,
		"resends/one":                resend,
		"resends/extended":           extend,
		"resends/asked after expiry": askAfterExpiry,
		"resends/askers answered":    answerAskers,
		"services/lost":              servicesLost,
		"bulks/steps":                bulkSteps,
		"bulks/once":                 bulkOnce,
		"bulks/at once":              bulkAtOnce,
		"bulks/expired":              bulkExpired,
	}
}

func listTests() map[string]func(*campus) {
	return map[string]func(*campus){
		"invitations/lists":        listInvitations,
		"invitations/filtered":     filterTasks,
		"invitations/by waiting":   filterWaiting,
		"invitations/by next":      sortByNextAction,
		"invitations/marked":       markedTasks,
		"invitations/bulk":         bulkByFilter,
		"invitations/waiting for":  waitingFor,
		"invitations/timeline":     timeline,
		"invitations/page":         pageView,
		"routes/down":              routeDown,
		"routes/at once":           routeAtOnce,
		"routes/limit":             leaseMails,
		"routes/held":              routeHeld,
		"reconcile/starts":         startUsers,
		"reconcile/open users":     openUsers,
		"reconcile/running sends":  runningSends,
		"reconcile/resumed":        resumed,
		"reconcile/woken":          woken,
		"bulks/search for nothing": searchNothing,
		"bulks/held":               bulkHeld,
		"reconcile/cancel user":    cancelUser,
		"reconcile/purge":          purge,
	}
}
