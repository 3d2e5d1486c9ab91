package people

import (
	"slices"
	"strings"

	"heraut/fault"
)

// Clean returns the device with surrounding blanks removed from its fields
// and its tokens in lowercase.
func (d Device) Clean() Device {
	d.Name = strings.TrimSpace(d.Name)
	d.SerialNumber = strings.TrimSpace(d.SerialNumber)
	d.UDID = strings.TrimSpace(d.UDID)
	d.Push = slices.Clone(d.Push)
	for i := range d.Push {
		d.Push[i].Token = strings.ToLower(strings.TrimSpace(d.Push[i].Token))
	}
	return d
}

// CheckChange tells what d may not become: the name stays what it was at
// enrollment.
func (d Device) CheckChange(next Device) error {
	if d.Name != next.Name {
		return fault.Invalid(fault.Field{Pointer: "/name", Message: "The name was fixed at enrollment and can not be changed."})
	}
	return next.Check()
}

// PushOf returns the device's channel of the kind.
func (d Device) PushOf(kind PushKind) (PushChannel, bool) {
	i := slices.IndexFunc(d.Push, func(p PushChannel) bool { return p.Kind == kind })
	if i < 0 {
		return PushChannel{}, false
	}
	return d.Push[i], true
}
