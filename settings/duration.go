package settings

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Duration is a length of time written as ISO 8601: P30D, PT48H, PT5S. A day
// is 24 hours; months and years have no fixed length and are refused.
type Duration time.Duration

const day = 24 * time.Hour

// MaxDuration bounds every duration: ten years.
const MaxDuration = Duration(3653 * day)

var iso8601 = regexp.MustCompile(`^P(?:(\d{1,6})W)?(?:(\d{1,6})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,9})S)?)?$`)

// ParseDuration reads an ISO 8601 duration. The error is a sentence that says
// what to write instead.
func ParseDuration(s string) (Duration, error) {
	m := iso8601.FindStringSubmatch(s)
	if m == nil || s == "P" || strings.HasSuffix(s, "T") {
		return 0, fmt.Errorf("Write a duration such as P30D, PT48H or PT5S (ISO 8601, without months and years).") //nolint:staticcheck,revive // shown to a person as it is
	}
	var total time.Duration
	for i, unit := range []time.Duration{7 * day, day, time.Hour, time.Minute, time.Second} {
		n, _ := strconv.Atoi("0" + m[i+1]) // the pattern admits digits only
		total += time.Duration(n) * unit
	}
	return Duration(total), nil
}

// String writes d as ISO 8601: days first, then hours, minutes and seconds; PT48H
// reads P2D.
func (d Duration) String() string {
	rest := time.Duration(d)
	if rest == 0 {
		return "PT0S"
	}
	var b strings.Builder
	b.WriteByte('P')
	if days := rest / day; days > 0 {
		fmt.Fprintf(&b, "%dD", days)
		rest %= day
	}
	if rest == 0 {
		return b.String()
	}
	b.WriteByte('T')
	for _, u := range []struct {
		unit time.Duration
		name byte
	}{{time.Hour, 'H'}, {time.Minute, 'M'}, {time.Second, 'S'}} {
		if n := rest / u.unit; n > 0 {
			fmt.Fprintf(&b, "%d%c", n, u.name)
			rest %= u.unit
		}
	}
	return b.String()
}

// MarshalJSON implements json.Marshaler.
func (d Duration) MarshalJSON() ([]byte, error) { return json.Marshal(d.String()) }

// UnmarshalJSON implements json.Unmarshaler.
func (d *Duration) UnmarshalJSON(data []byte) error {
	var s string
	if err := json.Unmarshal(data, &s); err != nil {
		return fmt.Errorf("reading a duration: %w", err)
	}
	parsed, err := ParseDuration(s)
	if err == nil {
		*d = parsed
	}
	return err
}
