package ldap

import (
	"context"
	"fmt"
	"time"

	ldap "github.com/go-ldap/ldap/v3"

	"heraut/directory/mirror"
)

// overlap is how far before the last look changes are asked for once more: the
// server's clock is not this machine's.
const overlap = 15 * time.Minute

// generalized is the form of times in LDAP (RFC 4517, 3.3.13).
const generalized = "20060102150405Z"

func markTime() string { return byTime + time.Now().UTC().Add(-overlap).Format(generalized) }

// changedSince asks for entries by the time of their last change. Who was
// deleted is not told: the daily look at everything finds it.
func (s *Source) changedSince(ctx context.Context, since string) (mirror.Changes, error) {
	changes := mirror.Changes{Cookie: markTime()}
	filter := fmt.Sprintf("(&%s(modifyTimestamp>=%s))", s.everything(), ldap.EscapeFilter(since))
	err := s.each(ctx, s.config.BaseDN, filter, s.profile.stable, pageSize, func(entries []*ldap.Entry) error {
		for _, e := range entries {
			if id := stableOf(e, s.profile.stable); id != "" {
				changes.Changed = append(changes.Changed, id)
			}
		}
		if len(changes.Changed) > mirror.MostChanges {
			return mirror.ErrReadAll
		}
		return nil
	})
	return changes, err
}
