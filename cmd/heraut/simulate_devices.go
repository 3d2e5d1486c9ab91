package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/spf13/pflag"

	devicesim "heraut/simulator/device"
)

// devicesStateFile keeps simulated devices over restarts: they are enrolled
// once, as real ones are.
const devicesStateFile = "devices-state.json"

// simulatedDevices are the devices of one `heraut simulate`.
type simulatedDevices struct {
	profile, script string
	number          int

	roles devicesim.Script
}

func (s *simulatedDevices) flags(f *pflag.FlagSet) {
	f.StringVar(&s.profile, "devices-profile", "", "enroll simulated devices with the profile, or the enrollment page, at a `URL`")
	f.IntVar(&s.number, "devices", 0, "how many iPads enroll by --devices-profile, a `NUMBER`; with links that enroll one device, one")
	f.StringVar(&s.script, "devices-script", "", "devices, how they enroll and how they behave, a JSON `FILE`")
}

// read checks the flags, and reads the script.
func (s *simulatedDevices) read() (err error) {
	switch {
	case s.number < 0:
		return usagef("--devices is not negative")
	case s.number > 0 && s.profile == "":
		return usagef("--devices enroll by a --devices-profile")
	}
	if s.roles, err = readScript(s.script, devicesim.ReadScript); err != nil {
		return usageError{err}
	}
	for i := range s.number {
		o := devicesim.Options{SerialNumber: fmt.Sprintf("SIM%07d", i+1), Name: fmt.Sprintf("iPad %d", i+1)}
		s.roles.Devices = append(s.roles.Devices, devicesim.Role{Options: o})
	}
	return nil
}

// start takes up the devices of an earlier run and enrolls the new ones. What
// they show, their owners answer, if people are played.
func (s *simulatedDevices) start(ctx context.Context, folder string, pace float64, played *simulators, log *slog.Logger) (*devicesim.Fleet, error) {
	state := filepath.Join(folder, devicesStateFile)
	fleet := devicesim.NewFleet(devicesim.FleetOptions{
		APNs: played.apns, Pace: pace, Logger: log,
		Shown: func(d *devicesim.Device, invitationURL string) {
			played.crowd.Prompt(cmp.Or(d.Owner(), d.SerialNumber()), invitationURL)
		},
		Keep: func(content []byte) error { return replaceFile(state, content) },
	})
	played.showDevices(fleet)
	kept, err := os.ReadFile(state)
	switch {
	case err == nil:
		err = fleet.Restore(kept)
	case errors.Is(err, fs.ErrNotExist):
		err = nil
	}
	if err == nil {
		err = fleet.Play(ctx, s.roles, s.profile)
	}
	if err != nil {
		return nil, errors.Join(err, fleet.Close())
	}
	return fleet, nil
}
