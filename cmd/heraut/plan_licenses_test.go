package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/api/client"
)

func TestPlanShowsWhatLicensesAreNeeded(t *testing.T) {
	var out strings.Builder
	planned{Plan: client.Plan{Invitations: 60, Licenses: []client.LicenseForecast{
		{AdamID: "361309726", Needed: 60, Available: 45}, {AdamID: "1443456789", Needed: 1},
	}}}.printCounts(&out)
	require.Contains(t, out.String(), "licenses    60 licenses of 361309726 needed, 45 free\nlicenses    1 license of 1443456789 needed, 0 free\n")
}

func TestPlanOfSilentUsersDoesSomething(t *testing.T) {
	silent := planned{Plan: client.Plan{Silent: 2}}
	require.True(t, silent.reaches())
	require.Equal(t, "Send 0 invitations, and enroll 2 users without one?", silent.question())
	require.False(t, planned{}.reaches())
	require.Equal(t, "Send 1 invitation?", planned{Plan: client.Plan{Invitations: 1}}.question())
}
