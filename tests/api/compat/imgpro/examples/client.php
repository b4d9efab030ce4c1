<?php

// Upload image
$ch = curl_init('https://api.img.pro/v1/upload');

$file = new CURLFile('photo.jpg', 'image/jpeg', 'photo.jpg');
$data = [
    'file' => $file,
    'description' => 'My photo',
    'tags' => 'example,demo',
    'public' => '1'
];

curl_setopt_array($ch, [
    CURLOPT_POST => true,
    CURLOPT_POSTFIELDS => $data,
    CURLOPT_RETURNTRANSFER => true,
    CURLOPT_HTTPHEADER => [
        'Authorization: Bearer ' . $apiToken
    ]
]);

$response = curl_exec($ch);
$media = json_decode($response);
echo "Uploaded: {$media->src}\n";

curl_close($ch);

// List media
function listAllMedia($apiToken) {
    $cursor = null;

    while (true) {
        $url = 'https://api.img.pro/v1/media?limit=100';
        if ($cursor) {
            $url .= '&cursor=' . urlencode($cursor);
        }

        $ch = curl_init($url);
        curl_setopt_array($ch, [
            CURLOPT_RETURNTRANSFER => true,
            CURLOPT_HTTPHEADER => [
                'Authorization: Bearer ' . $apiToken
            ]
        ]);

        $response = curl_exec($ch);
        $data = json_decode($response);
        curl_close($ch);

        foreach ($data->data as $media) {
            yield $media;
        }

        if (!$data->has_more) {
            break;
        }
        $cursor = $data->next_cursor;
    }
}

// Use it
foreach (listAllMedia($apiToken) as $media) {
    echo "{$media->name}\n";
}
