package config

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// assign parses text into what field points at: the zero value for an empty
// text. Its errors go on from the setting's name: "must be ...".
func assign(field any, text string) error {
	switch to := field.(type) {
	case *string:
		*to = text
		return nil
	case *bool:
		return parseInto(to, text, strconv.ParseBool, "must be true or false")
	case *int:
		return parseInto(to, text, strconv.Atoi, "must be a whole number")
	case *time.Duration:
		return parseInto(to, text, positive, `must be a time such as "20s" or "1h30m"`)
	case *[]netip.Prefix:
		return parseInto(to, text, networks, `must be networks such as "10.0.0.0/8", with commas between`)
	}
	panic(fmt.Sprintf("settings of type %T have no parser", field))
}

func parseInto[T any](to *T, text string, parse func(string) (T, error), must string) error {
	var value T
	if text != "" {
		var err error
		if value, err = parse(text); err != nil {
			return fmt.Errorf("%s, not %q", must, text)
		}
	}
	*to = value
	return nil
}

func positive(text string) (time.Duration, error) {
	d, err := time.ParseDuration(text)
	if err == nil && d <= 0 {
		return 0, strconv.ErrRange
	}
	return d, err
}

// networks takes addresses for networks of one.
func networks(text string) ([]netip.Prefix, error) {
	var found []netip.Prefix
	for part := range strings.SplitSeq(text, ",") {
		part = strings.TrimSpace(part)
		prefix, err := netip.ParsePrefix(part)
		if err != nil {
			addr, addrErr := netip.ParseAddr(part)
			if addrErr != nil {
				return nil, err
			}
			prefix = netip.PrefixFrom(addr, addr.BitLen())
		}
		found = append(found, prefix.Masked())
	}
	return found, nil
}

// text writes what a settings file may hold as the text a flag would have.
func text(value any) (string, error) {
	switch v := value.(type) {
	case nil:
		return "", nil
	case string:
		return strings.TrimSpace(v), nil
	case bool, int, int64, uint64, float64:
		return fmt.Sprint(v), nil
	case []any:
		parts := make([]string, len(v))
		for i, item := range v {
			var err error
			if parts[i], err = text(item); err != nil {
				return "", err
			}
		}
		return strings.Join(parts, ","), nil
	}
	return "", fmt.Errorf("must be one value or a list")
}
