package console

import (
	"strconv"
	"time"

	"heraut/settings"
)

// unit is one in which people give a length of time.
type unit struct {
	Letter string
	length time.Duration
}

// units are those of forms, the longest first.
var units = []unit{{"d", 24 * time.Hour}, {"h", time.Hour}, {"m", time.Minute}, {"s", time.Second}}

// putSpan writes a length of time into two fields of a form: how many, and of
// what.
func putSpan(f form, field string, d settings.Duration) {
	for _, u := range units {
		if time.Duration(d)%u.length == 0 {
			f.Values[field], f.Values[field+".unit"] = strconv.FormatInt(int64(time.Duration(d)/u.length), 10), u.Letter
			return
		}
	}
}

// maxAmount is more of any unit than settings take, and far from what a
// Duration can not hold.
const maxAmount = 1_000_000_000

// span reads what putSpan wrote; what is no number, or beyond all bounds, is a
// length that the checks of the settings refuse.
func span(f form, field string) settings.Duration {
	n, err := strconv.ParseInt(f.Values[field], 10, 64)
	if err != nil || n < 0 || n > maxAmount {
		return 0
	}
	for _, u := range units {
		if u.Letter == f.Values[field+".unit"] {
			if time.Duration(n) > time.Duration(settings.MaxDuration)/u.length {
				return settings.MaxDuration + 1
			}
			return settings.Duration(time.Duration(n) * u.length)
		}
	}
	return 0
}
