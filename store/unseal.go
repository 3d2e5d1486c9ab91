package store

// unseal opens what seal made for the row.
func (s *Store) unseal(row, sealed string) ([]byte, error) {
	if s.sealer == nil {
		return nil, errNoSealer
	}
	return s.sealer.Open(row, sealed)
}
