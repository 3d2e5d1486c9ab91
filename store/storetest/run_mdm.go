package storetest

import "testing"

// runMDM runs the part of the suite about devices at an MDM server.
func runMDM(t *testing.T, open Open) {
	t.Helper()
	for name, test := range map[string]func(*campus){
		"mdm/planned":                   planMDM,
		"mdm/not ready":                 planMDMNotReady,
		"mdm/not invitable":             planBarred,
		"mdm/live":                      liveMDM,
		"mdm/planned for a topic":       planOtherTopic,
		"mdm/turned for a topic":        deliverOtherTopic,
		"mdm/delivered":                 deliverMDM,
		"mdm/dead":                      deliverDeadMDM,
		"mdm/dead at a reminder":        deadAtReminder,
		"mdm/dead at a half reminder":   deadAtReminderByBoth,
		"mdm/dead at a wake-up":         deadAtWake,
		"mdm/turned":                    deliverTurnedMDM,
		"mdm/reminders":                 remindByMDM,
		"mdm/wire":                      withdrawMDM,
		"commands/shown":                commandShown,
		"commands/shown first":          commandShownFirst,
		"commands/shown after a 410":    commandShownAfterDead,
		"commands/not now":              commandNotNow,
		"commands/not now, then lost":   commandNotNowLost,
		"commands/refused":              commandRefused,
		"commands/refused first":        commandRefusedFirst,
		"commands/refused reminder":     commandRefusedReminder,
		"commands/refused and old":      commandRefusedOld,
		"commands/unclear":              commandUnclear,
		"commands/changes nothing":      commandChangesNothing,
		"commands/at once":              commandAtOnce,
		"commands/kept":                 commandKept,
		"commands/silent":               commandSilent,
		"commands/overdue":              commandOverdue,
		"commands/woken":                commandWoken,
		"commands/not woken":            commandNotWoken,
		"commands/not woken at night":   commandNotWokenAtNight,
		"queues/withdrawn":              queueWithdrawn,
		"queues/withdrawn late":         queueWithdrawnLate,
		"queues/next owner":             queueWithdrawnNextOwner,
		"queues/device away for long":   queueWithdrawnYears,
		"queues/another code":           queueRecoded,
		"queues/another code meanwhile": queueRecodedOnTheWire,
		"queues/first code":             queueRecodedOthers,
		"queues/moved":                  queueMoved,
		"purge/commands":                purgeCommands,
		"purge/links":                   purgeLinks,
		"purge/queues":                  purgeQueues,
		"enrolled devices/new":          enrollNew,
		"enrolled devices/at once":      enrollAtOnce,
		"enrolled devices/known":        enrollKnown,
		"enrolled devices/two rows":     enrollTwoRows,
		"enrolled devices/reassigned":   enrollReassigned,
		"enrolled devices/refused":      enrollRefused,
		"enrolled devices/Macs":         enrollMac,
		"enrolled devices/Shared iPads": enrollShared,
		"enrolled devices/again":        enrollAgain,
		"enrolled devices/on the wire":  enrollOnTheWire,
		"enrolled devices/never back":   enrollNeverBack,
		"enrolled devices/left":         deviceLeft,
		"enrolled devices/told twice":   enrollToldTwice,
		"enrolled devices/told behind":  enrollToldLate,
		"enrolled devices/told late":    toldLate,
	} {
		t.Run(name, func(t *testing.T) {
			clock := NewClock()
			test(campusOf(t, open(t, clock.Now), clock))
		})
	}
}
